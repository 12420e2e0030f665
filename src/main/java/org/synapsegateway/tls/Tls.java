// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.tls;

import io.netty.channel.Channel;
import io.netty.handler.ssl.OpenSsl;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.fault.Fault;
import org.synapsegateway.net.Loop;

/**
 * The TLS of the gateway: serves the certificates of {@code gateway.tls.certificates}, and reads
 * them again when their files have changed.
 *
 * <p>A connection keeps the certificate that it began with, so that no connection ends because of a
 * change. Files that cannot be used are refused, and the previous certificates stay. {@link
 * #handler} is safe for any thread, the rest is confined to one thread at a time.
 */
public final class Tls {
  private static final Logger LOG = LoggerFactory.getLogger(Tls.class);

  private final List<String> words;
  private final TlsProfile profile;
  private final TicketKeys tickets;

  /** The certificates of each word of the setting, by the file of the certificate. */
  private final Map<String, Map<Path, Certificate>> served = new LinkedHashMap<>();

  /** Why the newest files of a word, or of a certificate, are not served. */
  private final Map<String, Fault> refused = new HashMap<>();

  private volatile List<Certificate> certificates = List.of();
  private volatile int refusedNow;

  /** Set before the constructor's caller gets this object. */
  @SuppressWarnings("NullAway.Init")
  private volatile TlsContext context;

  private RsaSigner signer = RsaSigner.NONE;
  private boolean looksForSigner = true;
  private @Nullable String ticketFault;

  /**
   * Reads all certificates.
   *
   * @param setting directories, pairs and files, with spaces between
   * @param tickets the file of ticket keys; null if they are those of this process only
   * @param inherited the ticket keys of the previous process, used if there is no file; null if
   *     there are none
   * @throws TlsFault if one cannot be used; names all faults
   */
  public static Tls of(
      String setting, TlsProfile profile, @Nullable Path tickets, byte @Nullable [] inherited)
      throws TlsFault {
    TicketKeys keys = tickets == null ? TicketKeys.ofProcess(inherited) : TicketKeys.of(tickets);
    Tls tls = new Tls(CertificateFiles.words(setting), profile, keys);
    tls.read();
    if (!tls.refused.isEmpty()) {
      throw new TlsFault(tls.refused.values().stream().distinct().toList());
    }
    tls.serve();
    tls.tellLibrary();
    tls.certificates.forEach(Tls::warn);
    if (tickets != null) {
      CertificateAudit.openKey(tickets).ifPresent(fault -> LOG.warn("{}", fault));
    }
    return tls;
  }

  private static void warn(Certificate certificate) {
    CertificateAudit.faults(certificate).forEach(fault -> LOG.warn("{}", fault));
  }

  private Tls(List<String> words, TlsProfile profile, TicketKeys tickets) {
    this.words = words;
    this.profile = profile;
    this.tickets = tickets;
  }

  private void tellLibrary() {
    if (TlsContext.isNative()) {
      LOG.info("TLS by BoringSSL, profile {}", profile);
    } else {
      LOG.warn(
          "TLS by the JDK, which is slower and forgets its tickets with the process: BoringSSL does"
              + " not load here ({})",
          String.valueOf(OpenSsl.unavailabilityCause().getMessage()));
    }
  }

  /** All files that count, to be looked at for changes. */
  public Set<Path> files() {
    return CertificateFiles.all(words);
  }

  /** The same of a setting, before they are read. */
  public static Set<Path> files(String setting) throws TlsFault {
    return CertificateFiles.all(CertificateFiles.words(setting));
  }

  /** Reads all files again, serves what can be served, and logs what has changed. */
  public void reload() {
    Map<String, Fault> before = Map.copyOf(refused);
    List<Certificate> servedBefore = certificates;
    read();
    refused.forEach(
        (what, why) -> {
          if (!why.equals(before.get(what))) {
            LOG.error("Certificate refused, the current one stays: {}", why);
          }
        });
    List<Certificate> now = all();
    if (!isSame(servedBefore, now)) {
      serve();
      now.stream()
          .filter(each -> servedBefore.stream().noneMatch(each::isSame))
          .forEach(
              each -> {
                LOG.info("Certificate served from now on: {}", each);
                warn(each);
              });
      servedBefore.stream()
          .filter(each -> now.stream().noneMatch(next -> next.file().equals(each.file())))
          .forEach(each -> LOG.info("Certificate no longer served: {}", each));
    }
  }

  private static boolean isSame(List<Certificate> some, List<Certificate> others) {
    return some.size() == others.size()
        && IntStream.range(0, some.size()).allMatch(i -> some.get(i).isSame(others.get(i)));
  }

  private void read() {
    refused.clear();
    for (String word : words) {
      try {
        read(word, CertificateFiles.of(word));
      } catch (TlsFault e) {
        refused.put(word, e.faults().get(0));
      }
    }
    refusedNow = refused.size();
  }

  private void read(String word, List<CertificateFiles> files) {
    Map<Path, Certificate> before = served.getOrDefault(word, Map.of());
    Map<Path, Certificate> now = new LinkedHashMap<>();
    for (CertificateFiles each : files) {
      Certificate read = before.get(each.certificate());
      try {
        read = Certificate.read(each);
      } catch (TlsFault e) {
        refuse(each.certificate(), e);
      }
      if (read != null) {
        now.put(each.certificate(), read);
      }
    }
    Map<Path, Certificate> usable = withHalves(before, now);
    served.put(word, usable.isEmpty() ? before : usable);
  }

  private void refuse(Path file, TlsFault why) {
    refused.put(file.toString(), why.faults().get(0));
  }

  /**
   * Keeps a certificate of which one file is missing, in its place: the first one is the default.
   */
  private Map<Path, Certificate> withHalves(
      Map<Path, Certificate> before, Map<Path, Certificate> now) {
    List<Map.Entry<Path, Certificate>> all = new ArrayList<>(now.entrySet());
    int place = 0;
    for (Map.Entry<Path, Certificate> each : before.entrySet()) {
      Path file = each.getKey();
      if (!now.containsKey(file) && each.getValue().isHalfThere()) {
        all.add(Math.min(place, all.size()), each);
        refuse(file, new TlsFault(file, "only one of certificate and key is there; copy both"));
      }
      place++;
    }
    Map<Path, Certificate> kept = new LinkedHashMap<>();
    all.forEach(each -> kept.put(each.getKey(), each.getValue()));
    return kept;
  }

  private List<Certificate> all() {
    List<Certificate> all = new ArrayList<>();
    served.values().forEach(some -> all.addAll(some.values()));
    return List.copyOf(all);
  }

  private void serve() {
    List<Certificate> next = all();
    TlsContext before = context;
    try {
      signer = signer.with(next);
      context = new TlsContext(next, profile, tickets, signer);
    } catch (SSLException e) {
      throw new IllegalStateException("TLS takes none of these certificates: " + e.getMessage(), e);
    }
    certificates = next;
    if (before != null) {
      before.release();
    }
  }

  /**
   * Lets libcrypto sign for RSA certificates, if it is faster. No part of the start, because it
   * takes 0.2 s to load; it is not loaded without such a certificate.
   */
  public void signFaster() {
    signFaster(LibCrypto.NAME, LibCrypto.PROCESSOR);
  }

  void signFaster(String library, Path processor) {
    if (looksForSigner
        && TlsContext.isNative()
        && certificates.stream().anyMatch(RsaSigner::pays)) {
      looksForSigner = false;
      signer = RsaSigner.by(library, processor);
      serve();
    }
  }

  /**
   * Uses new ticket keys that another gateway has written, and rotates the keys when it is time.
   */
  public void lookAtTickets() {
    try {
      if (tickets.look(Instant.now())) {
        serve();
        LOG.info("The session ticket keys are renewed");
      }
      ticketFault = null;
    } catch (IOException | TlsFault e) {
      if (!Objects.equals(ticketFault, e.toString())) {
        ticketFault = e.toString();
        LOG.error(
            "The session ticket keys cannot be renewed; the current ones stay: {}", ticketFault);
      }
    }
  }

  /** The ticket keys, a secret, for the process that takes over; null if it has their file. */
  public byte @Nullable [] ticketKeys() {
    return tickets.bytes();
  }

  /**
   * The TLS of a connection that has just been accepted. Called on its loop.
   *
   * @param http2 whether HTTP/2 is offered
   */
  public TlsHandler handler(Channel channel, Loop loop, Handshakes handshakes, boolean http2) {
    TlsContext now = context;
    while (!now.retain()) {
      now = context; // it has just been released by a reload
    }
    try {
      return new TlsHandler(now.engine(channel, http2), TlsContext::isResumed, loop, handshakes);
    } finally {
      now.release();
    }
  }

  /** What is served now, the default first. Safe for any thread. */
  public List<Certificate> certificates() {
    return certificates;
  }

  /** How many certificates have files that are refused. Safe for any thread. */
  public int refused() {
    return refusedNow;
  }

  /** Frees what the library holds, once no connection is accepted any more. */
  public void close() {
    context.release();
  }
}
