// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.cli.Commands;

/**
 * Where the process begins: with the {@link Commands}, or with a sentence where the libraries are
 * not beside the jar. Uses none of them itself.
 */
public final class Gateway {
  private Gateway() {}

  /** Runs a command. */
  public static void main(String[] args) {
    try {
      Commands.main(args);
    } catch (NoClassDefFoundError e) {
      String fault = fault(Path.of(System.getProperty("java.class.path")));
      if (fault == null) {
        throw e;
      }
      System.err.println(fault);
      System.exit(1);
    }
  }

  /** Which of the libraries that a jar's manifest names are missing; null if none is. */
  static @Nullable String fault(Path jar) {
    List<String> missing = missing(jar);
    return missing.isEmpty()
        ? null
        : "%s: %d of its libraries are missing, for example %s; they must stand beside it, as the build leaves them"
            .formatted(jar, missing.size(), jar.resolveSibling(missing.get(0)));
  }

  private static List<String> missing(Path jar) {
    try (JarFile file = new JarFile(jar.toFile())) {
      String names = file.getManifest().getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
      return Stream.ofNullable(names)
          .flatMap(all -> Stream.of(all.split(" ")))
          .filter(name -> !Files.exists(jar.resolveSibling(name)))
          .toList();
    } catch (IOException e) {
      return List.of(); // the classes come from elsewhere, as in an IDE
    }
  }
}
