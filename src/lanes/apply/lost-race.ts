/** Somebody else wrote what a unit is about first, although it was locked: start over. */
export class LostRace extends Error {}
