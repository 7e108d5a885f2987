/**
 * A run in which everything goes wrong that can, with invariants checked throughout. {@link
 * dev.weft.it.endure.Endure} is the command; a {@link dev.weft.it.endure.Round} sets up servers and their hostile
 * peers, {@link dev.weft.it.endure.Chores} and its kin work beside them, and the {@link
 * dev.weft.it.endure.Ledger} has the invariants.
 */
package dev.weft.it.endure;
