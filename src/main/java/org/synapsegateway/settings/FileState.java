// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.settings;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a file looks like from outside: its times, size and inode. A change of its content changes
 * this, and so does a change of its owner or mode: a file that could not be read may be readable
 * then.
 */
public record FileState(Map<String, Object> attributes) {
  private static final String ATTRIBUTES =
      FileSystems.getDefault().supportedFileAttributeViews().contains("unix")
          ? "unix:lastModifiedTime,size,fileKey,ctime"
          : "lastModifiedTime,size,fileKey";

  /** The present state of a file; of its target, if it is a link. */
  public static FileState at(Path file) throws IOException {
    return new FileState(Files.readAttributes(file, ATTRIBUTES));
  }
}
