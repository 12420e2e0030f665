// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.tls;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The files of one certificate and its key, which may be one file, as HAProxy has it.
 *
 * @param certificate the chain, with the server's certificate first
 */
record CertificateFiles(Path certificate, Path key) {
  /** Caddy has certificates/ISSUER/NAME in its own directory. */
  private static final int DEPTH = 3;

  /**
   * HAProxy takes {@code x.pem.rsa} and {@code x.pem.ecdsa} for the certificates of {@code x.pem}.
   */
  private static final Pattern HAPROXY_BUNDLE = Pattern.compile("\\.(rsa|ecdsa)$");

  /** The words of the setting. */
  static List<String> words(String setting) throws TlsFault {
    if (setting.isBlank()) {
      throw new TlsFault(
          "gateway.tls.certificates",
          "the setting is empty, and https of gateway.listen takes a certificate; name the directory"
              + " of one, for example /etc/synapse-gateway/tls/example.org");
    }
    return List.of(setting.trim().split("\\s+"));
  }

  /** All files that words name, of those that can be found. */
  static Set<Path> all(List<String> words) {
    Set<Path> files = new LinkedHashSet<>();
    for (String word : words) {
      try {
        for (CertificateFiles each : of(word)) {
          files.add(each.certificate());
          files.add(each.key());
        }
      } catch (TlsFault e) {
        files.add(Path.of(word)); // files of a directory that can be read
      }
    }
    return files;
  }

  /**
   * The files that a word of the setting names: a directory, a pair with a comma between, or one
   * file that has both.
   */
  static List<CertificateFiles> of(String word) throws TlsFault {
    int comma = word.indexOf(',');
    if (comma >= 0) {
      return List.of(
          new CertificateFiles(
              Path.of(word.substring(0, comma)), Path.of(word.substring(comma + 1))));
    }
    Path path = Path.of(word);
    if (!Files.isDirectory(path)) {
      return List.of(new CertificateFiles(path, keyBeside(path)));
    }
    List<CertificateFiles> found = new ArrayList<>();
    collect(path, DEPTH, found);
    if (found.isEmpty()) {
      throw new TlsFault(
          path,
          "the directory has no certificate; it must have fullchain.pem and privkey.pem"
              + " (certbot), NAME.crt and NAME.key (lego, Caddy), fullchain.cer and NAME.key"
              + " (acme.sh), or PEM files with certificate and key (HAProxy)");
    }
    return found;
  }

  /** HAProxy takes {@code x.pem.key} for the key of {@code x.pem}. */
  private static Path keyBeside(Path certificate) {
    Path key = certificate.resolveSibling(certificate.getFileName() + ".key");
    return Files.exists(key) ? key : certificate;
  }

  private static void collect(Path directory, int depth, List<CertificateFiles> found)
      throws TlsFault {
    List<Path> children = children(directory);
    if (!ofOneName(directory, children, found)) {
      children.stream().filter(Files::isRegularFile).forEach(file -> ofOneFile(file, found));
    }
    if (depth > 0) {
      for (Path child : children) {
        if (Files.isDirectory(child)) {
          collect(child, depth - 1, found);
        }
      }
    }
  }

  /** A directory that holds one certificate, as those of certbot and acme.sh. */
  private static boolean ofOneName(
      Path directory, List<Path> children, List<CertificateFiles> found) {
    Path certbot = directory.resolve("fullchain.pem");
    Path certbotsKey = directory.resolve("privkey.pem");
    if (children.contains(certbot) || children.contains(certbotsKey)) {
      found.add(new CertificateFiles(certbot, certbotsKey));
      return true;
    }
    Path acmeSh = directory.resolve("fullchain.cer");
    if (children.contains(acmeSh)) {
      Path key =
          children.stream()
              .filter(child -> child.toString().endsWith(".key"))
              .findFirst()
              .orElse(directory.resolve("privkey.key"));
      found.add(new CertificateFiles(acmeSh, key));
      return true;
    }
    return false;
  }

  private static void ofOneFile(Path file, List<CertificateFiles> found) {
    String name = file.getFileName().toString();
    if (name.endsWith(".issuer.crt")) {
      return; // lego keeps the issuer's certificate in a file of its own, though the chain has it
      // too
    }
    if (name.endsWith(".crt") || name.endsWith(".cer")) {
      Path key = file.resolveSibling(name.substring(0, name.length() - 4) + ".key");
      if (Files.exists(key)) {
        found.add(new CertificateFiles(file, key));
      } else if (Pem.hasKey(file)) {
        found.add(new CertificateFiles(file, file));
      }
    } else if (name.endsWith(".pem") || HAPROXY_BUNDLE.matcher(name).find()) {
      found.add(new CertificateFiles(file, keyBeside(file)));
    }
  }

  /**
   * In the order of their names, so that it is the same on each machine; without hidden ones, in
   * which Kubernetes keeps the files of a Secret that the visible ones lead to.
   */
  private static List<Path> children(Path directory) throws TlsFault {
    List<Path> children = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(directory)) {
      for (Path each : all) {
        if (!each.getFileName().toString().startsWith(".")) {
          children.add(each);
        }
      }
    } catch (IOException e) {
      throw new TlsFault(directory, Pem.why(directory, e));
    }
    children.sort(null);
    return children;
  }
}
