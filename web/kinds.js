/**
 * The kinds of poll as everyone sees them, a module each. To add one: its module, and a line in `KINDS`.
 *
 * A kind has `words` for its button; `draft(poll, vote)`, what the form holds for a vote (null: none);
 * `toVote(poll, draft)`, the vote that the form holds, null while it is not whole; `fields(poll, form)`;
 * `below(poll, results, vote)`, results under an open form, if they are not in it; `results(poll, results,
 * vote)`, a poll that takes no votes, also without results; and `spoken(poll, results)`, results as words.
 */

import { multipleChoice, singleChoice } from "./kind_choice.js";
import { openText } from "./kind_open_text.js";
import { ranking } from "./kind_ranking.js";
import { rating } from "./kind_rating.js";
import { wordCloud } from "./kind_word_cloud.js";
import { note } from "./parts.js";

const KINDS = new Map(
  Object.entries({
    single_choice: singleChoice,
    multiple_choice: multipleChoice,
    rating,
    ranking,
    word_cloud: wordCloud,
    open_text: openText,
  }),
);

/** What stands for a kind that a newer service has and this page does not know. */
const UNKNOWN = {
  fields: null,
  draft: () => null,
  toVote: () => null,
  results: () => note("This page cannot show this kind of poll yet."),
  spoken: () => [],
};

/** Return the kind of a poll. */
export const kindOf = (poll) => KINDS.get(poll.kind) ?? UNKNOWN;

/** Return a poll's results as a sentence; nothing of a kind that is not known. */
export function spoken(poll, results) {
  const parts = kindOf(poll).spoken(poll, results);
  const when = results.final ? "Final result" : "Result so far";
  return parts.length > 0 && `${when}, ${poll.prompt} ${parts.join(", ")}.`;
}
