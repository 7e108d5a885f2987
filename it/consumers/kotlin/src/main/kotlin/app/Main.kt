package app

import dev.weft.Asyncio.*
import java.time.Duration
import weft.*

/** Two tasks that take turns. */
fun main() {
  runOnLoop {
    val world = createTask { "world" }
    println("hello")
    println(await(world))
    sleep(Duration.ofMillis(1))
  }
}
