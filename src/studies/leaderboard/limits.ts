/** What such a page can tell, and what it cannot: said on every page. */
export const LIMITS =
  "What this prevents, and what it does not. All rows stand on one frozen set, whose hash is its name, and are computed again from single samples, " +
  "so nobody can compare on other users, drop worlds or choose another judge unseen. Where worlds are hidden, each is drawn from 128 random bits " +
  "whose SHA-256 was published beforehand: the organiser cannot change a world afterwards, and nobody can tune to the mapping of a world before the reveal, " +
  "beyond what its train rewards teach, which is the task. An answers file is named by its SHA-256, so answers cannot be changed after they came. " +
  "Not prevented: the dates are the organiser's word, unless the hashes were published elsewhere at that time; an organiser can know the mapping and " +
  "tell somebody; a participant can send several files under several names and be lucky with one, which is why p-values are corrected over all methods of the page, " +
  "though not over those that were never sent; people can write answers by hand; and whoever asks the same judge can score styles without the set. Answers that came on the day of " +
  "the reveal or later are marked, and prove nothing about hidden worlds.";
