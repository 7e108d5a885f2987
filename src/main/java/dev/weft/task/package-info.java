/**
 * Ways to combine and bound tasks, with asyncio's names.
 *
 * <p>Nothing here takes or returns null unless its documentation says so.
 */
package dev.weft.task;
