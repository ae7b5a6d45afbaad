/** Reactions: what is tapped is gathered, and sent about once a second. */

import { h } from "./dom.js";

const KINDS = {
  clap: { sign: "👏", words: "Clap" },
  heart: { sign: "❤️", words: "Heart" },
  laugh: { sign: "😂", words: "Laugh" },
  wow: { sign: "😮", words: "Wow" },
  thinking: { sign: "🤔", words: "Thinking" },
};
const SEND_EVERY_MS = 1_000;
const MOST_AT_ONCE = 20;

/** Gathers what one person taps; `send({kind, count})` sends it, `onChange()` hears of every tap. */
export class Reactions {
  #taps = new Map();
  #timer = null;

  constructor({ send, onChange }) {
    Object.assign(this, { send, onChange });
  }

  /** Return how many of a kind wait to be sent. */
  waiting(kind) {
    return this.#taps.get(kind) ?? 0;
  }

  /** Take in a tap; more in one second than one request holds are not taken. */
  tap(kind) {
    this.#taps.set(kind, Math.min(MOST_AT_ONCE, this.waiting(kind) + 1));
    this.#timer ??= setTimeout(() => this.#sendAll(), SEND_EVERY_MS);
    this.onChange();
  }

  /** Forget what waits. */
  stop() {
    clearTimeout(this.#timer);
    this.#taps.clear();
  }

  async #sendAll() {
    const taps = [...this.#taps];
    this.#taps.clear();
    this.#timer = null;
    await Promise.all(taps.map(([kind, count]) => this.send({ kind, count })));
    this.onChange();
  }
}

/** Describe the buttons of a participant, with what everyone has sent. */
export function reactionBar({ counts, reactions, problem }) {
  const button = ([kind, { sign, words }]) => {
    const number = (counts?.[kind] ?? 0) + reactions.waiting(kind);
    return h(
      "button",
      {
        type: "button",
        class: "reaction",
        key: kind,
        "aria-label": `${words}, ${number} so far`,
        onclick: () => reactions.tap(kind),
      },
      h("span", { class: "sign", "aria-hidden": "true" }, sign),
      h("span", { class: "number", "aria-hidden": "true" }, number),
    );
  };
  return h(
    "div",
    { class: "reactions", role: "group", "aria-label": "React", key: "reactions" },
    Object.entries(KINDS).map(button),
    problem && h("p", { key: "problem", class: "problem", role: "alert" }, problem),
  );
}

/** Describe what the audience has sent, for whoever only looks; nothing before the first. */
export function reactionCounts(counts) {
  if (!counts) return null;
  return h(
    "div",
    { class: "reactions", role: "group", key: "reactions", "aria-label": "Reactions" },
    Object.entries(KINDS).map(([kind, { sign, words }]) =>
      h(
        "span",
        { class: "reaction", key: kind },
        h("span", { class: "sign", role: "img", "aria-label": words }, sign),
        h("span", { class: "number" }, counts[kind]),
      ),
    ),
  );
}
