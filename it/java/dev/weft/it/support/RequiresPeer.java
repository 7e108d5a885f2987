package dev.weft.it.support;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * This test needs a program that the machine may lack: one of {@link Peers}' names. Without it the test is skipped,
 * and the end of the run reports this; with {@code -Dweft.it.requirePeers=true} it fails.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Repeatable(RequiresPeer.All.class)
@ExtendWith(RequiresPeerCondition.class)
public @interface RequiresPeer {
  /** The peer: python, nc, socat, curl, openssl, gcc, ab, redis-server or postgres. */
  String value();

  /** The container of repeated annotations. */
  @Target({ElementType.TYPE, ElementType.METHOD})
  @Retention(RetentionPolicy.RUNTIME)
  @Inherited
  @ExtendWith(RequiresPeerCondition.class)
  @interface All {
    RequiresPeer[] value();
  }
}
