package dev.weft.it.judge;

/**
 * What a CPython can be asked, as it differs from Weft in some things that other versions do alike.
 *
 * @param modern whether it does what 3.15 and later do, as Weft does
 * @param noticesLate whether a future of {@code java.util.concurrent} that ends on the loop's own thread is noticed a
 *     place later (FUT-14), as in 3.13 and in Weft
 */
record Dialect(boolean modern, boolean noticesLate) {}
