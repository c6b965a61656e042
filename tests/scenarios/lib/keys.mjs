// SPDX-License-Identifier: EUPL-1.2
// Keys of programs.

/** A key of somebody's account with all its rights, or all but one, to be used so often a minute; `admin` is who manages the staff. */
export async function keyOf(admin, name, without, often = '6000') {
  const people = await admin.get('/desk/personal');
  const path = `${people.links.find(link => link.text === name).href}/schluessel`;
  const form = await admin.get(path);
  const rights = [...form.text.matchAll(/name="rechte"[^>]*value="([^"]+)"/g)].map(match => ['rechte', match[1]]).filter(([, right]) => right !== without);
  const page = await admin.post(path, [['csrf', form.csrf], ['name', `Programm ohne ${without ?? 'nichts'}`], ['anfragen', often], ['bis', ''], ...rights]);
  return page.text.match(/<code>(rk_[\w-]{43})<\/code>/)[1];
}
