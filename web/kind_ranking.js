/** Ranking: tapped in order, moved by buttons; shown are the points of each option, the most first. */

import { announce } from "./announcer.js";
import { h } from "./dom.js";
import { bar, note, optionRow, VOTE_WORDS } from "./parts.js";
import { counted } from "./words.js";

/** A draft is the options that have a place, the best first. */
export const ranking = {
  words: VOTE_WORDS,
  draft: (poll, vote) => vote?.ranking ?? [],
  toVote: (poll, placed) => (placed.length === poll.options.length ? { ranking: placed } : null),
  fields(poll, { draft: placed, change }) {
    const options = byId(poll);
    const open = poll.options.filter(({ id }) => !placed.includes(id));
    const put = (next, id) => {
      announce(`place ${id}`, placeWords(poll, options.get(id), next.indexOf(id) + 1));
      change(next);
    };
    return [
      note(open.length ? "Tap the answers in your order, the best first." : "The best is on top."),
      h(
        "ol",
        { class: "options", key: "ballot" },
        placed.map((id) => field(poll, options.get(id), placed, put)),
        open.map((option) => field(poll, option, placed, put)),
      ),
    ];
  },
  below: (poll, results) => points(poll, results),
  results(poll, results, vote) {
    if (!results) return plain(poll, vote);
    return [points(poll, results), vote && yourOrder(poll, vote)];
  },
  spoken: (poll, results) =>
    mostFirst(poll, results).map(({ option, points: sum }) => `${option.label}: ${counted(sum, "point")}`),
};

const byId = (poll) => new Map(poll.options.map((option) => [option.id, option]));

function placeWords(poll, option, place) {
  return place ? `${option.label}: place ${place} of ${poll.options.length}` : `${option.label}: no place`;
}

function field(poll, option, placed, put) {
  const { id, label } = option;
  const place = placed.indexOf(id) + 1;
  const others = placed.filter((other) => other !== id);
  return h(
    "li",
    { class: `option rank ${place ? "is-picked" : ""}`, key: id },
    h(
      "button",
      {
        type: "button",
        class: "rank-toggle",
        "aria-pressed": String(place > 0),
        "aria-label": placeWords(poll, option, place),
        onclick: () => put(place ? others : [...placed, id], id),
      },
      h("span", { class: "place" }, place || ""),
      h("span", { class: "option-label", dir: "auto" }, label),
    ),
    place > 0 && [
      move("up", label, place > 1, () => put(inserted(others, place - 2, id), id)),
      move("down", label, place < placed.length, () => put(inserted(others, place, id), id)),
    ],
  );
}

const inserted = (ids, at, id) => [...ids.slice(0, at), id, ...ids.slice(at)];

function move(direction, label, isPossible, onMove) {
  return h(
    "button",
    {
      type: "button",
      key: direction,
      class: "move",
      "aria-label": `Move ${direction}: ${label}`,
      // Never truly disabled: it would lose the keyboard's focus.
      "aria-disabled": isPossible ? null : "true",
      onclick: isPossible ? onMove : null,
    },
    h("span", { class: `arrow is-${direction}`, "aria-hidden": "true" }),
  );
}

/** Return options with their points, the most first, equal ones in the poll's order. */
function mostFirst(poll, results) {
  const options = byId(poll);
  return results.tallies
    .map((each) => ({ option: options.get(each.option_id), points: each.points }))
    .sort((a, b) => b.points - a.points);
}

function points(poll, results) {
  const most = results.voters * poll.options.length;
  return h(
    "ol",
    { class: "options", key: "results" },
    mostFirst(poll, results).map(({ option, points: sum }) =>
      optionRow(option, {}, bar(most ? sum / most : 0, counted(sum, "point"))),
    ),
  );
}

function yourOrder(poll, vote) {
  const options = byId(poll);
  const labels = vote.ranking.map((id) => options.get(id).label);
  return h("p", { class: "note", key: "mine", dir: "auto" }, `Your order: ${labels.join(", ")}`);
}

function plain(poll, vote) {
  return [
    h("ul", { class: "options", key: "results" }, poll.options.map((option) => optionRow(option, {}, null))),
    vote && yourOrder(poll, vote),
  ];
}
