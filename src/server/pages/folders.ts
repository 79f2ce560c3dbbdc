/** Feeds by the folder of the list that they stand in. */

/** In the order in which folders first appear; those without one last. */
export function byFolder<Member extends { readonly folder: string | null }>(
  members: readonly Member[],
  nameless: string,
): readonly { readonly folder: string; readonly members: readonly Member[] }[] {
  const folders = new Map<string | null, Member[]>();
  for (const member of members) {
    const folder = folders.get(member.folder);
    if (folder) folder.push(member);
    else folders.set(member.folder, [member]);
  }
  const named = [...folders].flatMap(([folder, inside]) => (folder === null ? [] : [{ folder, members: inside }]));
  const rest = folders.get(null);
  return rest ? [...named, { folder: nameless, members: rest }] : named;
}
