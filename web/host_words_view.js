/** Word clouds as the staff sees them, the words that no cloud shows, and those that flag a question. */

import { h } from "./dom.js";
import { cloud } from "./kind_word_cloud.js";
import { note } from "./parts.js";

/** Describe a poll's words; a host hides one by pressing it. */
export function wordDesk(host, poll, results) {
  if (!results) return null;
  const hide = (word, content) =>
    h(
      "button",
      { type: "button", class: "hide-word", title: "Hide this word", onclick: () => host.hideWord(word) },
      content,
    );
  if (!host.managesEvent || host.event.status === "ended") return cloud(results, null);
  return [cloud(results, null, hide), results.tallies.length > 0 && note("Press a word to hide it.")];
}

/** Describe the form of the words that no cloud shows. */
export function stopListForm(host) {
  const kept = host.event.settings.word_cloud_stop_list.join(", ");
  const onsubmit = (submitted) => {
    submitted.preventDefault();
    host.saveStopList();
  };
  return h(
    "form",
    { key: "stop list", onsubmit },
    h("label", { for: "stop-list" }, "Words that no word cloud shows ", h("span", { class: "optional" }, "with commas between")),
    h("textarea", {
      id: "stop-list",
      rows: 2,
      autocapitalize: "none",
      spellcheck: "false",
      dir: "auto",
      value: host.stopList ?? kept,
      oninput: ({ target }) => host.update({ stopList: target.value }),
    }),
    host.stopList !== null &&
      host.stopList !== kept &&
      h("div", { class: "actions", key: "actions" }, h("button", { class: "quiet" }, "Save the words")),
  );
}

/** Describe the form of the languages and the words that flag a question for the staff. */
export function wordFilterForm(host) {
  const { word_filter_languages: languages, word_filter_words: words } = host.event.settings;
  const list = (id, name, label, kept) =>
    h(
      "div",
      { key: id },
      h("label", { for: id }, label, " ", h("span", { class: "optional" }, "with commas between")),
      h("input", {
        id,
        autocapitalize: "none",
        spellcheck: "false",
        value: kept.join(", "),
        onchange: ({ target }) => host.set(name, splitWords(target.value)),
      }),
    );
  return h(
    "div",
    { key: "word filter" },
    list("filter-languages", "word_filter_languages", "Flag bad words in (en, de, fr …)", languages),
    list("filter-words", "word_filter_words", "Flag these words too", words),
  );
}

const splitWords = (text) =>
  text
    .split(/[,\n]/u)
    .map((word) => word.trim())
    .filter(Boolean);
