/** Much at once, for long: what deterministic tests cannot show. */
package dev.weft.it.stress;
