package app

import dev.weft.Asyncio.*
import java.time.Duration

/** Two tasks that take turns. */
fun main() {
  run {
    val world = createTask { println("world") }
    println("hello")
    await(world)
    sleep(Duration.ofMillis(1))
  }
}
