// Draws anew and leaves alone what is so already.

// Makes the children of `parent` equal to `nodes`; what need not change stays, so that focus survives a token.
export function patch(parent, nodes) {
  const old = [...parent.childNodes];
  nodes.forEach((node, index) => {
    const there = old[index];
    if (!there) parent.append(node);
    else if (there.nodeName !== node.nodeName || !sameAttributes(there, node)) there.replaceWith(node);
    else if (there.nodeType === Node.TEXT_NODE) {
      if (there.data !== node.data) there.data = node.data;
    } else patch(there, [...node.childNodes]);
  });
  for (const node of old.slice(nodes.length)) node.remove();
}

// Set by what the reader does, not by what the server says.
const READERS_OWN = ["aria-describedby", "data-lit", "open"];

function sameAttributes(there, node) {
  if (there.nodeType !== Node.ELEMENT_NODE) return true;
  const names = node.getAttributeNames();
  const own = there.getAttributeNames().filter((name) => !READERS_OWN.includes(name));
  return names.length === own.length && names.every((name) => there.getAttribute(name) === node.getAttribute(name));
}
