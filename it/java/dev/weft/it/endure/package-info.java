/**
 * A long run with all kinds of faults, and with invariants that are checked throughout. {@link
 * dev.weft.it.endure.Endure} is the command. A {@link dev.weft.it.endure.Round} sets up servers and their hostile
 * peers. {@link dev.weft.it.endure.Chores} and similar classes work beside them. The {@link
 * dev.weft.it.endure.Ledger} has the invariants.
 */
package dev.weft.it.endure;
