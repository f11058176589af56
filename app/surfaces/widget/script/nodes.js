// Outside text becomes text nodes, and addresses become links only where they lead to the web.

export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, String(value));
  }
  node.append(...children.filter((child) => child != null && child !== false && child !== ""));
  return node;
}

// Line drawings of 20 by 20.
const ICONS = {
  close: "M5 5l10 10M15 5L5 15",
  up: "M7 9l3-6c1.4 0 2 .9 2 2v3h4a1.5 1.5 0 011.5 1.8l-1 5A1.5 1.5 0 0115 16H7zM7 9H3.5v7H7",
  down: "M13 11l-3 6c-1.4 0-2-.9-2-2v-3H4a1.5 1.5 0 01-1.5-1.8l1-5A1.5 1.5 0 015 4h8zM13 11h3.500V4H13",
  quote:
    "M8.500 5.500C5.800 6.500 4 8.800 4 12v2.500h4.500V10.500H6M17 5.500c-2.700 1-4.500 3.300-4.500 6.500v2.500H17V10.500h-2.500",
};

export function icon(name) {
  const SVG = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  for (const [key, value] of Object.entries({ viewBox: "0 0 20 20", "aria-hidden": "true" }))
    svg.setAttribute(key, value);
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

export function webAddress(text) {
  try {
    const url = new URL(text);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

export function paperAddress(paper) {
  return (
    webAddress(paper.url) ??
    (paper.arxiv_id ? `https://arxiv.org/abs/${encodeURIComponent(paper.arxiv_id).replace(/%2F/g, "/")}` : null) ??
    (paper.doi ? `https://doi.org/${encodeURIComponent(paper.doi).replace(/%2F/g, "/")}` : null)
  );
}

export function outsideLink(address, ...children) {
  return make("a", { href: address, target: "_blank", rel: "noopener noreferrer nofollow" }, ...children);
}

export const nameOf = (paper) => String(paper.title || paper.label || paper.id || "");

// Organisation and month, as far as they are known.
export function origin(paper, language) {
  const day = new Date(paper.published ?? NaN);
  const month = Number.isNaN(day.getTime())
    ? null
    : day.toLocaleDateString(language, { year: "numeric", month: "short", timeZone: "UTC" });
  return [paper.organisation, month].filter(Boolean).map(String);
}

export const listOf = (value) => (Array.isArray(value) ? value.filter((each) => each && typeof each === "object") : []);
