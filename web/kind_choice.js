/** Single and multiple choice: a form of options, each with its bar. */

import { h } from "./dom.js";
import { bar, note, optionRow, VOTE_WORDS } from "./parts.js";
import { counted, percent } from "./words.js";

/** What both have in common; a draft is the set of the options that are chosen. */
const choice = {
  words: VOTE_WORDS,
  draft: (poll, vote) => new Set(vote?.option_ids),
  toVote(poll, chosen) {
    const option_ids = poll.options.map(({ id }) => id).filter((id) => chosen.has(id));
    return option_ids.length ? { option_ids } : null;
  },
  results(poll, results, vote) {
    const mine = new Set(vote?.option_ids);
    return h(
      "ul",
      { class: "options", key: "results" },
      poll.options.map((option) =>
        optionRow(option, { isMine: mine.has(option.id), tag: "your vote" }, tally(option, results)),
      ),
    );
  },
  spoken: (poll, results) =>
    poll.options.map((option) => `${option.label}: ${counted(votesOf(option, results), "vote")}`),
};

/** One option. */
export const singleChoice = {
  ...choice,
  fields: (poll, form) =>
    poll.options.map((option) =>
      field(poll, option, form, { type: "radio", onPick: () => form.change(new Set([option.id])) }),
    ),
};

/** Some options. */
export const multipleChoice = {
  ...choice,
  fields(poll, form) {
    const { draft: chosen, change } = form;
    const without = (optionId) => [...chosen].filter((other) => other !== optionId);
    const toggle = (optionId, isChosen) =>
      change(new Set(isChosen ? [...chosen, optionId] : without(optionId)));
    const isFull = chosen.size >= poll.max_choices;
    return [
      note(howMany(poll)),
      poll.options.map((option) =>
        field(poll, option, form, {
          type: "checkbox",
          disabled: isFull && !chosen.has(option.id),
          onPick: (isChosen) => toggle(option.id, isChosen),
        }),
      ),
    ];
  },
};

function howMany(poll) {
  const all = poll.max_choices >= poll.options.length;
  return all ? "Choose as many as you like." : `Choose up to ${poll.max_choices}.`;
}

function field(poll, option, { draft: chosen, results }, { type, disabled, onPick }) {
  const checked = chosen.has(option.id);
  const id = `option-${option.id}`;
  return h(
    "div",
    { class: `option can-pick ${checked ? "is-picked" : ""}`, key: option.id },
    h("input", {
      type,
      id,
      name: `poll-${poll.id}`,
      checked,
      disabled,
      onchange: ({ target }) => onPick(target.checked),
    }),
    h("label", { for: id, class: "option-label", dir: "auto" }, option.label),
    tally(option, results),
  );
}

const votesOf = (option, results) =>
  results.tallies.find((each) => each.option_id === option.id)?.votes ?? 0;

function tally(option, results) {
  if (!results) return null;
  const votes = votesOf(option, results);
  const share = percent(votes, results.voters);
  return bar(share / 100, `${share} %`, counted(votes, "vote"));
}
