// The page owner's accent colour, made dark or light enough to be read (WCAG AA) on either paper.

// Any CSS colour as "#rrggbb", or null for what is none or lets the paper shine through.
function hexColour(text) {
  if (
    !text ||
    text.length > 64 ||
    !CSS.supports("color", text) ||
    /[(]\s*--|var|current|inherit|unset|revert/i.test(text)
  ) {
    return null;
  }
  const brush = document.createElement("canvas").getContext("2d");
  if (!brush) return null;
  brush.fillStyle = text;
  return /^#[0-9a-f]{6}$/.test(brush.fillStyle) ? brush.fillStyle : null;
}

const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

function mixed(hex, other, share) {
  const [from, to] = [channels(hex), channels(other)];
  const parts = from.map((value, i) => Math.round(value + (to[i] - value) * share));
  return `#${parts.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

function luminance(hex) {
  const [r, g, b] = channels(hex).map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

// The accent with its companions for a theme, "light" or "dark"; readable on the paper and on its own tint.
function palette(wish, theme) {
  const { paper, accent: own, towards } = THEMES[theme];
  const [light, dark] = ON_ACCENT;
  const wished = hexColour(wish) ?? own;
  let accent = wished;
  for (let share = 0.05; contrast(accent, mixed(paper, accent, 0.16)) < 4.6 && share <= 1; share += 0.05) {
    accent = mixed(wished, towards, share);
  }
  return {
    accent,
    "on-accent": contrast(accent, light) >= contrast(accent, dark) ? light : dark,
    tint: mixed(paper, accent, 0.14),
    "tint-strong": mixed(paper, accent, 0.24),
  };
}

// Gives the widget's root its theme and the colours that come of the accent.
export function paint(root, { theme, accent }) {
  const dark = theme === "auto" ? matchMedia("(prefers-color-scheme: dark)").matches : theme === "dark";
  root.classList.toggle("dark", dark);
  for (const [name, value] of Object.entries(palette(accent, dark ? "dark" : "light")))
    root.style.setProperty(`--${name}`, value);
}
