/** What not to write, and what to write instead. CONTRIBUTING.md shows the same list; the check compares the two. */
export interface Word {
  say: string;
  not: string;
  /** Finds it in a line of text. */
  pattern: RegExp;
}

export const words: Word[] = [
  { say: "fix", not: "mend", pattern: /\bmend(s|ed|ing)?\b/i },
  { say: "again", not: "anew, afresh", pattern: /\b(anew|afresh)\b/i },
  { say: "show, say, report, list", not: "tell, told", pattern: /\b(tells?|telling|told)\b/i },
  {
    say: "upload, install, deploy, write, send",
    not: "bring",
    pattern: /\b(brings?|bringing|brought)\b/i,
  },
  {
    say: "isn't a …, must be a …",
    not: "is no …, are no …",
    pattern: /(?<!\bthere )\b(is|are|was|were) no (?!longer\b|more\b|one\b)/i,
  },
  {
    say: "if",
    not: "where (for a condition)",
    pattern:
      /@(returns|throws)[^\n]*\bwhere\b|\bwhere (no|nothing|everything|something|none|nobody|neither|both|all)\b/i,
  },
  {
    say: "if …",
    not: "Should … (at the start of a sentence)",
    pattern: /(^|[.;:*/] )Should (an?|the|it|that|this|there|they|one|some\w*)\b(?![^\n]*\?)/,
  },
  { say: "people, a person, you, the owner", not: "whoever", pattern: /\bwhoever\b/i },
  { say: "its own, their own", not: "of its own, of their own", pattern: /\bof (its|their) own\b/i },
  { say: "anyway, still", not: "all the same", pattern: /\ball the same\b/i },
  { say: "because there is no …", not: "for want of", pattern: /\bfor (the )?want of\b/i },
  {
    say: "also",
    not: "…, too",
    pattern: /, too\b(?! (many|much|long|old|big|few|late|early|short|large|small|often))/i,
  },
  { say: "could not verify, is unknown", not: "could not be found out", pattern: /\bfound out\b/i },
  { say: "restore, roll back", not: "put back, come back", pattern: /\b(puts?|putting|comes?|came) back\b/i },
  { say: "roll-back", not: "way back", pattern: /\bways? back\b/i },
  { say: "is, is stored", not: "lies (of a file)", pattern: /\b(lies|lying)\b/i },
  { say: "timeout, limit", not: "patience", pattern: /\bpatien(ce|t|tly)\b/i },
  {
    say: "prevent, reason",
    not: "hinder, hindrance, obstacle",
    pattern: /\b(hinder\w*|hindrance|obstacles?)\b/i,
  },
  { say: "port, connection, control API", not: "door", pattern: /(?<!name: ")\bdoors?\b/i },
  { say: "confirmed, reported", not: "said so", pattern: /\b(said|says|say) so\b/i },
  { say: "unavailable", not: "away (of a service)", pattern: /\b(is|was|be|been|are) away\b/i },
  { say: "refused from …", not: "refused to …", pattern: /\brefused to (the|this|an?|another)\b/i },
  { say: "prompts for", not: "asks in its own dialogue", pattern: /\bdialogue\b/i },
  { say: "if this keeps happening", not: "if it stays", pattern: /\bif (it|this|that) stays\b/i },
];
