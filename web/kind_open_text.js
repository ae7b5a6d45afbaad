/** Open text: an answer in one's own words; shown are the newest. */

import { h } from "./dom.js";
import { ANSWER_WORDS, note } from "./parts.js";
import { counted } from "./words.js";

const LONGEST_TEXT = 500;

/** A draft is the text. */
export const openText = {
  words: ANSWER_WORDS,
  draft: (poll, vote) => vote?.text ?? "",
  toVote: (poll, text) => (text.trim() ? { text: text.trim() } : null),
  fields: (poll, { draft: text, change, settings }) => [
    h("textarea", {
      key: "ballot",
      rows: 3,
      maxlength: LONGEST_TEXT,
      "aria-label": "Your answer",
      dir: "auto",
      value: text,
      oninput: ({ target }) => change(target.value),
    }),
    settings.open_text_moderation && note("A moderator reads answers before they are shown, without your name."),
  ],
  below: (poll, results) => texts(results),
  results: (poll, results, vote) => (results ? texts(results) : yourText(vote)),
  spoken: (poll, results) => [counted(results.voters, "answer")],
};

function texts(results) {
  if (!results.tallies.length) return h("p", { class: "note", key: "no texts" }, "No answer is shown yet.");
  return h(
    "ul",
    { class: "texts", key: "results" },
    results.tallies.map(({ text }) => h("li", { dir: "auto" }, text)),
  );
}

const yourText = (vote) => vote && h("p", { class: "note", key: "mine", dir: "auto" }, `You wrote: ${vote.text}`);
