/** Rating: one step of a scale; shown are the mean, and a column for each step. */

import { h } from "./dom.js";
import { VOTE_WORDS } from "./parts.js";
import { counted } from "./words.js";

/** A draft is the step that is chosen, null for none. */
export const rating = {
  words: VOTE_WORDS,
  draft: (poll, vote) => vote?.rating ?? null,
  toVote: (poll, step) => step && { rating: step },
  fields: (poll, { draft: chosen, change }) => [
    h(
      "div",
      { class: "segments steps", style: columns(poll) },
      steps(poll).map((step) =>
        h(
          "label",
          { key: step },
          h("input", {
            type: "radio",
            name: `poll-${poll.id}`,
            checked: step === chosen,
            "aria-label": nameOf(poll, step),
            onchange: () => change(step),
          }),
          h("span", null, step),
        ),
      ),
    ),
    ends(poll),
  ],
  below: (poll, results, vote) => chart(poll, results, vote?.rating),
  results: (poll, results, vote) => [
    results ? chart(poll, results, vote?.rating) : blank(poll),
    ends(poll),
  ],
  spoken(poll, results) {
    const said = results.tallies.map((each) => `${each.rating}: ${counted(each.votes, "vote")}`);
    return results.mean === null ? said : [`mean ${inFigures(results.mean)}`, ...said];
  },
};

const steps = (poll) => Array.from({ length: poll.scale.steps }, (_, place) => place + 1);

/** Return in how many columns the steps stand, and in how many where there is little room. */
function columns({ scale }) {
  const narrow = scale.steps > 5 ? Math.ceil(scale.steps / 2) : scale.steps;
  return { "--columns": scale.steps, "--narrow-columns": narrow };
}

/** Return what a step is called: the ends of the scale may have words. */
function nameOf({ scale }, step) {
  const words = { [scale.steps]: scale.max_label, 1: scale.min_label }[step];
  return words ? `${step}, ${words}` : `${step}`;
}

function ends({ scale }) {
  if (!scale.min_label && !scale.max_label) return null;
  const end = (step, words) => h("span", { dir: "auto" }, words && `${step} = ${words}`);
  return h("p", { class: "ends note", key: "ends" }, end(1, scale.min_label), end(scale.steps, scale.max_label));
}

const blank = (poll) => h("p", { class: "note", key: "blank" }, `From 1 to ${poll.scale.steps}`);

function chart(poll, results, mine) {
  const most = Math.max(1, ...results.tallies.map(({ votes }) => votes));
  return h(
    "div",
    { class: "rating-results", key: "results" },
    h("p", { class: "mean" }, meanOf(poll, results)),
    h(
      "ol",
      { class: "columns-chart" },
      results.tallies.map((each) =>
        h(
          "li",
          { key: each.rating, class: each.rating === mine ? "is-mine" : null },
          h("span", { class: "unseen" }, `${each.rating}: ${counted(each.votes, "vote")}`),
          h("span", { class: "votes", "aria-hidden": "true" }, each.votes.toLocaleString()),
          h("span", { class: "column-bar", "aria-hidden": "true", style: { "--share": each.votes / most } }),
          h("span", { class: "step", "aria-hidden": "true" }, each.rating),
        ),
      ),
    ),
  );
}

function meanOf(poll, { mean }) {
  if (mean === null) return "No vote yet";
  return [h("b", null, inFigures(mean)), ` on average, of ${poll.scale.steps}`];
}

const inFigures = (mean) =>
  mean.toLocaleString(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 2 });
