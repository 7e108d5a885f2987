import org.jspecify.annotations.NullMarked;

/** Asyncio's event loop, tasks and streams on virtual threads. Programs begin with {@link dev.weft.Asyncio}. */
@NullMarked // exported packages have it too, because Kotlin looks only there
module dev.weft {
  requires java.management; // Holders asks which thread a carrier carries
  requires jdk.unsupported; // for ProcessSignal and Inside
  requires static org.jspecify;
  requires org.slf4j;

  exports dev.weft;
  exports dev.weft.loop;
  exports dev.weft.process;
  exports dev.weft.stream;
  exports dev.weft.sync;
  exports dev.weft.task;
  exports dev.weft.thread;
  exports dev.weft.transport;
}
