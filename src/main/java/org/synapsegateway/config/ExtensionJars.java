// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;

/**
 * The jars in {@code ext/} of the working directory: Camel components, languages and an admin's own
 * classes, beside those that the gateway brings.
 *
 * <p>A class that the gateway has comes from the gateway. The jars are read once, when the first
 * routes are loaded, so that a new jar takes a restart. Safe for any thread.
 */
public final class ExtensionJars {
  static final Path DIRECTORY = Path.of("ext");

  private static @Nullable ClassLoader loader;

  private ExtensionJars() {}

  /**
   * What loads the classes of the gateway and of these jars; also that of the calling thread and of
   * threads that it starts from now on, since libraries look there.
   *
   * @throws ConfigurationException if a file cannot be read as a jar
   */
  public static synchronized ClassLoader use() {
    if (loader == null) {
      loader = load(DIRECTORY, ExtensionJars.class.getClassLoader());
    }
    Thread.currentThread().setContextClassLoader(loader);
    return loader;
  }

  /** A loader of a directory's jars; the parent itself if there are none. */
  static ClassLoader load(Path directory, ClassLoader parent) {
    List<URL> jars = new ArrayList<>();
    List<Fault> faults = new ArrayList<>();
    if (Files.isDirectory(directory)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.jar")) {
        for (Path file : files) {
          jars.add(read(file, faults));
        }
      } catch (IOException e) {
        faults.add(ReadableFile.fault(directory, "the directory cannot be read: " + e));
      }
    }
    ConfigurationException.throwIfAny(faults);
    return jars.isEmpty() ? parent : new URLClassLoader("ext", jars.toArray(URL[]::new), parent);
  }

  private static URL read(Path file, List<Fault> faults) throws MalformedURLException {
    try (JarFile jar = new JarFile(file.toFile())) {
      jar.getManifest();
    } catch (IOException e) {
      faults.add(
          new Fault(
              Code.BAD_JAR,
              file.toString(),
              file.toString(),
              "the file is not a jar: " + e.getMessage() + "; copy it again"));
    }
    return file.toUri().toURL();
  }
}
