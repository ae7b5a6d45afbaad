/** In which order things are shown. Ids are UUIDv7: sorted as text, they are sorted by age. */

/** Return the entries of one type of the feed's state. */
export const entries = (state, type) => [...(state.get(type)?.values() ?? [])];

/** Return polls, those opened last first. */
export function latestFirst(polls) {
  const opened = (poll) => poll.opened_at ?? poll.created_at;
  return [...polls].sort(
    (a, b) => Date.parse(opened(b)) - Date.parse(opened(a)) || b.id.localeCompare(a.id),
  );
}

/** Return questions, pinned ones first, then those with the most upvotes, then the older ones. */
export function mostWantedFirst(questions) {
  return [...questions].sort(
    (a, b) => b.pinned - a.pinned || b.upvotes - a.upvotes || a.id.localeCompare(b.id),
  );
}

/** Return questions in the order they were asked. */
export const oldestFirst = (questions) =>
  [...questions].sort((a, b) => a.id.localeCompare(b.id));

/** Return questions by status: {pending: [...], published: [...], …}. */
export function byStatus(questions) {
  const groups = { pending: [], published: [], answered: [], dismissed: [], archived: [] };
  for (const question of questions) (groups[question.status] ??= []).push(question);
  return groups;
}
