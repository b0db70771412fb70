/**
 * A template language in miniature.
 *
 *   {{name}}                    the value of a dotted path, escaped
 *   {{{name}}}                  the same without escaping
 *   {{#list}} ... {{/list}}     once for each item, or once for a true value
 *   {{^list}} ... {{/list}}     when the value is empty or false
 */

const TAG = /\{\{\{\s*([\w.]+)\s*\}\}\}|\{\{\s*([#^/]?)\s*([\w.]+)\s*\}\}/g;

/**
 * Escape text for HTML.
 * @param {unknown} value
 * @returns {string}
 */
function escapeHtml(value) {
  const names = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return String(value).replace(/[&<>"]/g, (char) => names[char]);
}

/**
 * Look a dotted path up, innermost scope first. "." alone is the scope itself.
 * @param {object[]} scopes
 * @param {string} path
 * @returns {unknown} undefined when nothing is found
 */
function lookup(scopes, path) {
  if (path === '.') {
    return scopes[scopes.length - 1];
  }
  const [first, ...rest] = path.split('.');
  for (let i = scopes.length - 1; i >= 0; i--) {
    const scope = scopes[i];
    if (scope !== null && typeof scope === 'object' && first in scope) {
      return rest.reduce((value, name) => value?.[name], scope[first]);
    }
  }
  return undefined;
}

/**
 * Turn a template into a tree of text, value and section nodes.
 * @param {string} source
 * @returns {object[]}
 */
export function compile(source) {
  const root = { children: [] };
  const open = [root];
  let position = 0;
  for (const match of source.matchAll(TAG)) {
    const [tag, raw, kind, name] = match;
    const current = open[open.length - 1];
    current.children.push({ type: 'text', text: source.slice(position, match.index) });
    position = match.index + tag.length;
    if (raw) {
      current.children.push({ type: 'value', name: raw, escape: false });
    } else if (kind === '') {
      current.children.push({ type: 'value', name, escape: true });
    } else if (kind === '/') {
      if (current.name !== name) {
        throw new SyntaxError(`{{/${name}}} closes nothing`);
      }
      open.pop();
    } else {
      const section = { type: 'section', name, inverted: kind === '^', children: [] };
      current.children.push(section);
      open.push(section);
    }
  }
  if (open.length > 1) {
    throw new SyntaxError(`{{#${open[open.length - 1].name}}} is never closed`);
  }
  root.children.push({ type: 'text', text: source.slice(position) });
  return root.children;
}

/**
 * Render a compiled template.
 * @param {object[]} nodes
 * @param {object[]} scopes
 * @returns {string}
 */
export function render(nodes, ...scopes) {
  let output = '';
  for (const node of nodes) {
    if (node.type === 'text') {
      output += node.text;
      continue;
    }
    const value = lookup(scopes, node.name);
    if (node.type === 'value') {
      output += node.escape ? escapeHtml(value ?? '') : String(value ?? '');
      continue;
    }
    const items = Array.isArray(value) ? value : value ? [value] : [];
    if (node.inverted) {
      output += items.length === 0 ? render(node.children, ...scopes) : '';
    } else {
      output += items.map((item) => render(node.children, ...scopes, item)).join('');
    }
  }
  return output;
}
