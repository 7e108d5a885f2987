package dev.weft.log;

import java.lang.module.ModuleDescriptor.Provides;
import org.slf4j.Logger;

/** Finds out about SLF4J's provider without initialising SLF4J, which would delay the start of a short program. */
final class Provider {

  private static final String SERVICE = "org.slf4j.spi.SLF4JServiceProvider";
  private static final String NAMED = System.getProperty("slf4j.provider"); // null for none

  /** Whether SLF4J may find a provider. */
  static final boolean MAY_EXIST =
      NAMED != null || find("META-INF/services/" + SERVICE) || isInModule();

  /**
   * Whether a provider may be present that logs nothing on purpose. Otherwise a silent SLF4J means that its provider
   * failed to load.
   */
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
