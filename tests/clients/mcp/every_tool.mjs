// Calls tools with one of the protocol's own clients for TypeScript, and prints what they gave as one line of JSON.
// stdin: {"sdk": "1" | "2", "mode": "legacy" | "auto", "url": … | "program": {command, args, env, cwd}, "calls": [[tool, arguments], …]}
// "$collection" in the arguments stands for the collection that an earlier result has named.
import { readFileSync } from "node:fs";

const asked = JSON.parse(readFileSync(0, "utf8"));
const SDKS = {
  1: async () => ({
    ...(await import("@modelcontextprotocol/sdk/client/index.js")),
    ...(await import("@modelcontextprotocol/sdk/client/stdio.js")),
    ...(await import("@modelcontextprotocol/sdk/client/streamableHttp.js")),
  }),
  2: async () => ({
    ...(await import("@modelcontextprotocol/client")),
    ...(await import("@modelcontextprotocol/client/stdio")),
  }),
};
const sdk = await SDKS[asked.sdk]();
const transport = asked.url
  ? new sdk.StreamableHTTPClientTransport(new URL(asked.url))
  : new sdk.StdioClientTransport(asked.program);
const client = new sdk.Client({ name: "every-tool", version: "1.0.0" }, { versionNegotiation: { mode: asked.mode } });
await client.connect(transport);
const { tools } = await client.listTools();
const results = [];
let collection = "";
for (const [name, wanted] of asked.calls) {
  const given = JSON.parse(JSON.stringify(wanted).replaceAll("$collection", collection));
  const result = await client.callTool({ name, arguments: given });
  collection = result.structuredContent?.collection ?? collection;
  results.push(result);
}
console.log(JSON.stringify({ server: client.getServerVersion(), tools, results }));
await client.close();
