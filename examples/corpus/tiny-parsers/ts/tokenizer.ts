/**
 * A tokenizer that is built from a table of rules.
 */

/** A rule: the kind of token and the expression that matches it. */
export interface Rule<Kind extends string> {
  readonly kind: Kind;
  readonly pattern: RegExp;
  /** Tokens of this kind are matched but not returned. */
  readonly skip?: boolean;
}

/** A token with its place in the source; lines and columns count from 1. */
export interface Token<Kind extends string> {
  readonly kind: Kind;
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

/** Thrown where no rule matches. */
export class TokenError extends Error {
  constructor(
    readonly found: string,
    readonly line: number,
    readonly column: number,
  ) {
    super(`${line}:${column}: unexpected ${JSON.stringify(found)}`);
    this.name = "TokenError";
  }
}

/**
 * Make a tokenizer.
 *
 * At each position the longest match wins; between equally long ones, the rule
 * given first. Empty matches are ignored.
 */
export function tokenizer<Kind extends string>(
  rules: readonly Rule<Kind>[],
): (source: string) => Token<Kind>[] {
  const sticky = rules.map((rule) => {
    const flags = rule.pattern.flags.replace(/[gy]/g, "") + "y";
    return { ...rule, pattern: new RegExp(rule.pattern.source, flags) };
  });

  return (source) => {
    const tokens: Token<Kind>[] = [];
    let position = 0;
    let line = 1;
    let lineStart = 0;
    while (position < source.length) {
      let best: { rule: Rule<Kind>; text: string } | undefined;
      for (const rule of sticky) {
        rule.pattern.lastIndex = position;
        const text = rule.pattern.exec(source)?.[0] ?? "";
        if (text.length > (best?.text.length ?? 0)) {
          best = { rule, text };
        }
      }
      const column = position - lineStart + 1;
      if (best === undefined) {
        throw new TokenError(source[position], line, column);
      }
      if (!best.rule.skip) {
        tokens.push({ kind: best.rule.kind, text: best.text, line, column });
      }
      for (let i = 0; i < best.text.length; i++) {
        if (best.text[i] === "\n") {
          line += 1;
          lineStart = position + i + 1;
        }
      }
      position += best.text.length;
    }
    return tokens;
  };
}

/** The tokens of a small assignment language, as an example. */
export const assignmentTokens = tokenizer([
  { kind: "space", pattern: /\s+/, skip: true },
  { kind: "comment", pattern: /#.*/, skip: true },
  { kind: "keyword", pattern: /(?:let|print)\b/ },
  { kind: "name", pattern: /[a-z_]\w*/i },
  { kind: "number", pattern: /\d+(?:\.\d+)?/ },
  { kind: "operator", pattern: /==|[-+*/=()]/ },
]);
