/**
 * A page as a function of its state: `h` describes elements, `render` makes the document match.
 *
 * Nodes are kept from one rendering to the next (by key, else by place), so that focus, scrolling
 * and half-typed text survive whatever the feed brings. Text is only ever set as text.
 */

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";
const SVG_TAGS = new Set(["svg", "path", "title"]);
const PROPERTIES = new Set(["checked", "disabled", "hidden", "value"]);

/** What each node was rendered from. */
const rendered = new WeakMap();

/**
 * Describe an element. Of `props`, `on…` are listeners, `style` sets custom properties, `key` tells
 * siblings apart; the rest are attributes, left out when null or false.
 */
export function h(tag, props, ...children) {
  const { key = null, ...rest } = props ?? {};
  return { tag, key, props: rest, children: flatten(children) };
}

/** Make the children of `container` be what `children` describe. */
export function render(container, ...children) {
  const focused = document.activeElement;
  patchChildren(container, flatten(children));
  // Moving a node blurs it, though the person has not left it.
  if (focused && focused !== document.activeElement && focused.isConnected) {
    focused.focus({ preventScroll: true });
  }
}

function flatten(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (typeof child === "object" ? child : { tag: null, key: null, text: `${child}` }));
}

function patchChildren(parent, descriptions) {
  const keyed = new Map();
  const unkeyed = [];
  for (const node of parent.childNodes) {
    const key = rendered.get(node)?.key ?? null;
    if (key === null) unkeyed.push(node);
    else keyed.set(key, node);
  }
  let place = parent.firstChild;
  for (const description of descriptions) {
    const node = reuse(description, keyed, unkeyed) ?? create(description);
    patch(node, description);
    if (node === place) place = place.nextSibling;
    else parent.insertBefore(node, place);
  }
  for (const left of [...keyed.values(), ...unkeyed]) left.remove();
}

/** Take the node that stood for the same thing out of what is left over, if there is one. */
function reuse({ tag, key }, keyed, unkeyed) {
  if (key !== null) {
    const node = keyed.get(key);
    if (rendered.get(node)?.tag !== tag) return null;
    keyed.delete(key);
    return node;
  }
  const found = unkeyed.findIndex((node) => rendered.get(node)?.tag === tag);
  return found < 0 ? null : unkeyed.splice(found, 1)[0];
}

function create({ tag }) {
  if (tag === null) return document.createTextNode("");
  return SVG_TAGS.has(tag)
    ? document.createElementNS(SVG_NAMESPACE, tag)
    : document.createElement(tag);
}

function patch(node, description) {
  const before = rendered.get(node);
  rendered.set(node, description);
  if (description.tag === null) {
    if (node.data !== description.text) node.data = description.text;
    return;
  }
  const old = before?.props ?? {};
  for (const name of Object.keys(old)) {
    if (!(name in description.props)) setProp(node, name, null);
  }
  // Children first: a select has no value before it has options.
  patchChildren(node, description.children);
  for (const [name, value] of Object.entries(description.props)) {
    if (PROPERTIES.has(name) || old[name] !== value) setProp(node, name, value);
  }
}

function setProp(node, name, value) {
  if (name.startsWith("on")) {
    node[name] = value;
  } else if (name === "style") {
    for (const [property, text] of Object.entries(value ?? {})) {
      node.style.setProperty(property, text);
    }
  } else if (PROPERTIES.has(name)) {
    const wanted = name === "value" ? (value ?? "") : Boolean(value);
    if (node[name] !== wanted) node[name] = wanted;
  } else if (value === null || value === undefined || value === false) {
    node.removeAttribute(name);
  } else {
    node.setAttribute(name, value === true ? "" : value);
  }
}
