// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.synapsegateway.config.ReadableFile;
import org.synapsegateway.config.RouteDirectories;
import org.synapsegateway.settings.FileState;

/**
 * The files that a generation is made of, which are checked for changes now and then.
 *
 * <p>Looked at, and not watched by inotify: that sees nothing of a file system of another machine
 * and little of a mounted or linked one, and a look at some thirty files takes less than a
 * millisecond.
 *
 * <p>Those of {@link RouteDirectories#OWN} count too.
 *
 * @param routes the directory of the routes
 * @param pattern the names of the routes' files, as a glob
 * @param config the file of the settings, which may be missing
 */
record ConfigFiles(Path routes, String pattern, Path config) {
  /** What all of the files look like now; equal to an earlier answer if none has changed. */
  Map<Path, Object> look() {
    Map<Path, Object> looks = new TreeMap<>();
    look(routes, pattern, looks);
    look(RouteDirectories.OWN, pattern, looks);
    look(config, looks);
    return looks;
  }

  private static void look(Path directory, String pattern, Map<Path, Object> looks) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, pattern)) {
      for (Path file : files) {
        look(file, looks);
      }
    } catch (IOException | DirectoryIteratorException e) {
      looks.put(directory, e.toString());
    }
  }

  /** The same of other files. */
  static Map<Path, Object> look(Iterable<Path> files) {
    Map<Path, Object> looks = new TreeMap<>();
    files.forEach(file -> look(file, looks));
    return looks;
  }

  /** What all of the files hold that can be read. */
  Map<Path, ByteBuffer> contents() {
    Map<Path, ByteBuffer> contents = new TreeMap<>();
    for (Path file : look().keySet()) {
      if (ReadableFile.fault(file).isEmpty()) {
        try {
          contents.put(file, ByteBuffer.wrap(ReadableFile.bytes(file)));
        } catch (IOException e) {
          contents.remove(file); // it was removed meanwhile
        }
      }
    }
    return contents;
  }

  private static void look(Path file, Map<Path, Object> looks) {
    try {
      looks.put(file, FileState.at(file));
    } catch (IOException e) {
      // missing, or not to be read: that is what it looks like
      looks.put(file, e.toString());
    }
  }
}
