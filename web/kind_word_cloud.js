/** Word cloud: a few words each; shown are the most frequent, the more often the larger. */

import { h } from "./dom.js";
import { ANSWER_WORDS } from "./parts.js";
import { counted } from "./words.js";

const LONGEST_WORD = 30;
const SAID = 10;

/** A draft is a text for each word that may be given. */
export const wordCloud = {
  words: ANSWER_WORDS,
  draft: (poll, vote) =>
    Array.from({ length: poll.max_choices }, (_, place) => vote?.words[place] ?? ""),
  toVote(poll, texts) {
    const words = texts.map((word) => word.trim()).filter(Boolean);
    return words.length ? { words } : null;
  },
  fields: (poll, { draft: texts, change }) =>
    h(
      "div",
      { class: "word-fields", key: "ballot" },
      texts.map((text, place) =>
        h("input", {
          key: place,
          "aria-label": texts.length > 1 ? `Word ${place + 1} of ${texts.length}` : "Your word",
          placeholder: texts.length > 1 ? `Word ${place + 1}` : "Your word",
          maxlength: LONGEST_WORD,
          autocomplete: "off",
          autocapitalize: "none",
          enterkeyhint: "send",
          dir: "auto",
          value: text,
          oninput: ({ target }) => change(texts.map((old, other) => (other === place ? target.value : old))),
        }),
      ),
    ),
  below: (poll, results, vote) => cloud(results, vote),
  results: (poll, results, vote) => (results ? cloud(results, vote) : yourWords(vote)),
  spoken: (poll, results) =>
    results.tallies.slice(0, SAID).map(({ word, count }) => `${word}: ${count.toLocaleString()}`),
};

/** Describe the words; `wrap(word, content)` may make something of each. */
export function cloud(results, vote, wrap = (word, content) => content) {
  if (!results.tallies.length) return h("p", { class: "note", key: "no words" }, "No word yet.");
  const mine = new Set(vote?.words);
  const most = results.tallies[0].count;
  return h(
    "ul",
    { class: "cloud", key: "results" },
    results.tallies.map(({ word, count }) =>
      h(
        "li",
        {
          key: word,
          class: mine.has(word) ? "is-mine" : null,
          // By area, not by height: twice the count looks twice as large.
          style: { "--weight": Math.sqrt(count / most).toFixed(3) },
        },
        wrap(word, [
          h("span", { class: "word", dir: "auto" }, word),
          h("span", { class: "word-count" }, count.toLocaleString(), h("span", { class: "unseen" }, times(count))),
        ]),
      ),
    ),
  );
}

const times = (count) => (count === 1 ? " time" : " times");

const yourWords = (vote) =>
  vote && h("p", { class: "note", key: "mine", dir: "auto" }, `You gave ${counted(vote.words.length, "word")}: ${vote.words.join(", ")}`);
