import org.jspecify.annotations.NullMarked;

/** An event-loop runtime with asyncio's shape on virtual threads. */
@NullMarked // exported packages have it too, as Kotlin looks only there
module dev.weft {
  requires java.management; // which thread a carrier carries, see Holders
  requires jdk.unsupported; // signals, see ProcessSignals
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
