/** Stress tests: what deterministic tests cannot show. */
package dev.weft.it.stress;
