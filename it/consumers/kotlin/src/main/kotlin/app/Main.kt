package app

import dev.weft.Asyncio.await
import dev.weft.Asyncio.sleep
import java.time.Duration
import weft.*

/** Two tasks that take turns. */
fun main() {
  runOnLoop {
    val world = task { println("world") }
    println("hello")
    await(world)
    sleep(Duration.ofMillis(1))
  }
}
