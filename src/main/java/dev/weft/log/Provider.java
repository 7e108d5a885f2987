package dev.weft.log;

import java.lang.module.ModuleDescriptor.Provides;
import org.slf4j.Logger;

/** What is known of SLF4J's provider without setting SLF4J up, which takes a tenth of a short program's start. */
final class Provider {

  private static final String SERVICE = "org.slf4j.spi.SLF4JServiceProvider";
  private static final String NAMED = System.getProperty("slf4j.provider"); // null for none

  /** Whether SLF4J may find one. */
  static final boolean MAY_EXIST =
      NAMED != null || find("META-INF/services/" + SERVICE) || isInModule();

  /** Whether one may be there that logs nothing on purpose, and not because another has failed to load. */
  static final boolean MAY_BE_SILENT =
      isClass("org.slf4j.nop.NOPServiceProvider") || NAMED != null && isClass(NAMED);

  private Provider() {}

  private static boolean isClass(String name) {
    return find(name.replace('.', '/') + ".class");
  }

  private static boolean find(String resource) {
    ClassLoader loader = Logger.class.getClassLoader();
    return loader == null
        ? ClassLoader.getSystemResource(resource) != null
        : loader.getResource(resource) != null;
  }

  private static boolean isInModule() {
    ModuleLayer layer = Logger.class.getModule().getLayer();
    for (Module module : (layer == null ? ModuleLayer.boot() : layer).modules()) {
      for (Provides provides : module.getDescriptor().provides()) {
        if (provides.service().equals(SERVICE)) {
          return true;
        }
      }
    }
    return false;
  }
}
