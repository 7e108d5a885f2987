package docs

import java.io.ByteArrayOutputStream
import java.io.PrintStream

/** Runs a program and compares what it prints with [expected], if that is known. */
fun check(place: String, expected: String?, program: () -> Unit) {
  val before = System.out
  val printed = ByteArrayOutputStream()
  System.setOut(PrintStream(printed, true))
  try {
    program()
  } catch (e: Throwable) {
    throw AssertionError(place, e)
  } finally {
    System.setOut(before)
  }
  if (expected != null && printed.toString() != expected) {
    throw AssertionError("$place prints:\n$printed")
  }
}
