// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import javax.security.auth.x500.X500Principal;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.Fault;

/**
 * What is wrong with the certificates of {@code gateway.tls.certificates}: file and cure of each
 * fault.
 *
 * @param certificates those that can be served
 * @param errors why one cannot be served, or why no client takes it
 * @param warnings what keeps some clients away, or will soon
 */
public record CertificateAudit(
    List<Certificate> certificates, List<Fault> errors, List<Fault> warnings) {
  /** An alert fires from this time before the end on too, see config/prometheus-alerts.yaml. */
  private static final Duration SOON = Duration.ofDays(14);

  private static final int MIN_RSA_BITS = 2048;
  private static final int MIN_EC_BITS = 256;

  /** Looks at all certificates of the setting. */
  public static CertificateAudit of(String setting) {
    CertificateAudit audit =
        new CertificateAudit(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    try {
      for (String word : CertificateFiles.words(setting)) {
        audit.read(word);
      }
    } catch (TlsFault e) {
      audit.errors.addAll(e.faults());
    }
    audit.lookForShadowed();
    return audit;
  }

  private void read(String word) {
    try {
      for (CertificateFiles files : CertificateFiles.of(word)) {
        try {
          Certificate read = Certificate.read(files);
          certificates.add(read);
          look(read, Instant.now());
        } catch (TlsFault e) {
          errors.addAll(e.faults());
        }
      }
    } catch (TlsFault e) {
      errors.addAll(e.faults());
    }
  }

  /** What is wrong with one that can be served, errors first. */
  public static List<Fault> faults(Certificate certificate) {
    CertificateAudit audit = new CertificateAudit(List.of(), new ArrayList<>(), new ArrayList<>());
    audit.look(certificate, Instant.now());
    List<Fault> all = new ArrayList<>(audit.errors);
    all.addAll(audit.warnings);
    return all;
  }

  private void look(Certificate certificate, Instant now) {
    lookAtTime(certificate, now);
    lookAtStrength(certificate);
    lookAtNames(certificate);
    lookAtChain(certificate);
    openKey(certificate.files().key()).ifPresent(warnings::add);
  }

  private void err(Code code, String file, String text) {
    errors.add(new Fault(code, file, file, text));
  }

  private void warn(Code code, String file, String text) {
    warnings.add(new Fault(code, file, file, text));
  }

  private void lookAtTime(Certificate certificate, Instant now) {
    Instant begins = certificate.leaf().getNotBefore().toInstant();
    Instant ends = certificate.expires();
    String file = certificate.file();
    if (now.isAfter(ends)) {
      err(
          Code.CERTIFICATE_EXPIRED,
          file,
          "the certificate expired on %s, and clients refuse it; renew it (certbot renew), and check why that was not done"
              .formatted(ends));
    } else if (now.isBefore(begins)) {
      err(
          Code.CERTIFICATE_IN_FUTURE,
          file,
          "the certificate is not valid before %s, and clients refuse it; wait, or set this machine's clock (timedatectl)"
              .formatted(begins));
    } else if (Duration.between(now, ends).compareTo(SOON) < 0) {
      warn(
          Code.CERTIFICATE_EXPIRES,
          file,
          "the certificate expires in %d days, on %s; check its renewal (systemctl list-timers, certbot renew --dry-run)"
              .formatted(Duration.between(now, ends).toDays(), ends));
    }
  }

  private void lookAtStrength(Certificate certificate) {
    String file = certificate.file();
    X509Certificate leaf = certificate.leaf();
    int bits = bits(leaf);
    int least = certificate.keyType().equals("RSA") ? MIN_RSA_BITS : MIN_EC_BITS;
    if (bits < least) {
      err(
          Code.WEAK_CERTIFICATE,
          file,
          "an %s key of %d bits is too weak, and clients refuse it; make one of at least %d bits, best EC P-256"
              .formatted(certificate.keyType(), bits, least));
    }
    String algorithm = leaf.getSigAlgName().toUpperCase(Locale.ROOT);
    if (algorithm.startsWith("SHA1") || algorithm.startsWith("MD5")) {
      err(
          Code.WEAK_CERTIFICATE,
          file,
          "the certificate is signed with %s, which clients refuse; have it issued with SHA-256"
              .formatted(leaf.getSigAlgName()));
    }
  }

  private static int bits(X509Certificate certificate) {
    if (certificate.getPublicKey() instanceof RSAPublicKey rsa) {
      return rsa.getModulus().bitLength();
    }
    return certificate.getPublicKey() instanceof ECPublicKey ec
        ? ec.getParams().getOrder().bitLength()
        : 0;
  }

  private void lookAtNames(Certificate certificate) {
    if (Certificate.alternativeNames(certificate.leaf()).isEmpty()) {
      warn(
          Code.NO_NAMES,
          certificate.file(),
          "the certificate has no subject alternative name, and clients read no other; have it issued with one for each name");
    }
  }

  /** Clients have root certificates only: the server must send the certificates in between. */
  private void lookAtChain(Certificate certificate) {
    String file = certificate.file();
    List<X509Certificate> chain = certificate.chain();
    if (isSelfSigned(chain.get(0))) {
      warn(
          Code.SELF_SIGNED,
          file,
          "the certificate is self-signed, and only clients that trust it accept it; get one of an"
              + " authority, for example with certbot");
      return;
    }
    for (int i = 1; i < chain.size(); i++) {
      if (!isIssued(chain.get(i - 1), chain.get(i))) {
        warn(
            Code.BAD_CHAIN,
            file,
            "certificate %d of the file is not the issuer of the one before it, and some clients refuse that; put the server's certificate first, and after each its issuer"
                .formatted(i + 1));
        return;
      }
    }
    X509Certificate last = chain.get(chain.size() - 1);
    if (!isSelfSigned(last) && !Roots.SUBJECTS.contains(last.getIssuerX500Principal())) {
      warn(
          Code.BAD_CHAIN,
          file,
          "the chain ends with %s, whose issuer %s is neither in the file nor a root that clients know; take the full chain (certbot: fullchain.pem), or leave it if your clients know that issuer"
              .formatted(
                  last.getSubjectX500Principal().getName(),
                  last.getIssuerX500Principal().getName()));
    }
  }

  private static boolean isSelfSigned(X509Certificate certificate) {
    return isIssued(certificate, certificate);
  }

  private static boolean isIssued(X509Certificate certificate, X509Certificate issuer) {
    if (!certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
      return false;
    }
    try {
      certificate.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false; // an issuer with the same name, but another key
    }
  }

  /** The fault of a file of keys that others may read, or of which nobody knows. */
  static Optional<Fault> openKey(Path key) {
    String why;
    try {
      if (!Files.getPosixFilePermissions(key).contains(PosixFilePermission.OTHERS_READ)) {
        return Optional.empty();
      }
      why = "each user of this machine may read the key; take that away: chmod o= " + key;
    } catch (IOException | UnsupportedOperationException e) {
      why = "the mode of the key cannot be read: " + e.getMessage();
    }
    return Optional.of(new Fault(Code.OPEN_KEY, key.toString(), key.toString(), why));
  }

  /** Warns of a certificate that is never served, because earlier ones have all of its names. */
  private void lookForShadowed() {
    Map<String, Certificate> first = new HashMap<>();
    for (Certificate each : certificates) {
      Set<String> files = new HashSet<>();
      for (String name : each.names()) {
        files.add(first.computeIfAbsent(name + " " + each.keyType(), any -> each).file());
      }
      if (!files.isEmpty() && !files.contains(each.file())) {
        warn(
            Code.UNUSED_CERTIFICATE,
            each.file(),
            "the certificate is never served, as %s has the same names and comes first; remove one"
                .formatted(String.join(", ", files)));
      }
    }
  }

  /**
   * Adds a warning for each host that clients ask for and no certificate covers.
   *
   * @param hosts names with the setting or file that names them
   */
  public void demand(Map<String, String> hosts) {
    hosts.forEach(
        (host, where) -> {
          if (!certificates.isEmpty() && certificates.stream().noneMatch(one -> one.covers(host))) {
            warnings.add(
                new Fault(
                    Code.UNCOVERED_HOST,
                    where,
                    host,
                    "clients are sent to %s, which no certificate covers (%s); get one for this name, or mend gateway.tls.certificates"
                        .formatted(host, allNames())));
          }
        });
  }

  private String allNames() {
    List<String> names = new ArrayList<>();
    certificates.forEach(certificate -> names.addAll(certificate.names()));
    return String.join(", ", names);
  }

  /** The roots that Java knows, which are mostly those that browsers know. */
  private static final class Roots {
    static final Set<X500Principal> SUBJECTS = subjects();

    private static Set<X500Principal> subjects() {
      Set<X500Principal> subjects = new HashSet<>();
      try {
        TrustManagerFactory factory =
            TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        for (TrustManager manager : factory.getTrustManagers()) {
          if (manager instanceof X509TrustManager x509) {
            for (X509Certificate root : x509.getAcceptedIssuers()) {
              subjects.add(root.getSubjectX500Principal());
            }
          }
        }
      } catch (GeneralSecurityException e) {
        return subjects; // a Java without roots: each chain without a root at its end gets a
        // warning
      }
      return subjects;
    }
  }
}
