package org.synapsegateway;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.net.AddressSet;

/**
 * The requests of an access log, line by line: nginx's combined format, or any other that has the
 * request line in quotes.
 *
 * <p>A log tells no tokens as a rule, so each client address counts as a user of its own, unless
 * the line holds {@code Bearer} and a token. However long a line is, memory is bounded. Confined to
 * one thread.
 */
final class LoggedRequests implements AutoCloseable {
  private static final int LONGEST_LINE = 64 * 1024;

  private static final Pattern REQUEST =
      Pattern.compile("\"([A-Z][A-Z-]*) ([^ \"]+) HTTP/\\d(?:\\.\\d)?\"");

  private static final Pattern ADDRESS =
      Pattern.compile("(?<![\\w.:])[\\da-fA-F.:]{3,45}(?![\\w.:])");
  private static final Pattern TOKEN = Pattern.compile("Bearer ([^ \"]+)");
  private static final Pattern ESCAPE = Pattern.compile("\\\\x([\\dA-Fa-f]{2})");

  /** Who asks where the line does not say it: somebody of the world (RFC 5737). */
  private static final String SOMEBODY = "192.0.2.1";

  private final SeekableByteChannel file;
  private final InputStream in;
  private final byte[] line = new byte[LONGEST_LINE];

  /**
   * A request of the log.
   *
   * @param head with the fields that routes may look at
   */
  record Entry(RequestHead head, InetAddress client) {}

  private LoggedRequests(SeekableByteChannel file, InputStream in) {
    this.file = file;
    this.in = new BufferedInputStream(in, LONGEST_LINE);
  }

  /**
   * Opens a log.
   *
   * @param path may end with .gz; {@code -} for standard input
   */
  static LoggedRequests open(Path path) throws IOException {
    if (path.toString().equals("-")) {
      return new LoggedRequests(null, System.in);
    }
    if (Files.isDirectory(path)) {
      throw new IOException("it is a directory");
    }
    SeekableByteChannel file = Files.newByteChannel(path);
    try {
      InputStream in = Channels.newInputStream(file);
      boolean packed = path.toString().endsWith(".gz");
      return new LoggedRequests(file, packed ? new GZIPInputStream(in, LONGEST_LINE) : in);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  /** The next line, without its end and without what is beyond 64 KiB; null behind the last. */
  String next() throws IOException {
    int length = 0;
    int read = in.read();
    if (read < 0) {
      return null;
    }
    for (; read >= 0 && read != '\n'; read = in.read()) {
      if (length < LONGEST_LINE) {
        line[length++] = (byte) read;
      }
    }
    return new String(line, 0, length, StandardCharsets.ISO_8859_1);
  }

  /** How much of the file has been read, in percent; -1 if that cannot be told. */
  int percent() throws IOException {
    return file == null ? -1 : (int) (file.position() * 100 / Math.max(file.size(), 1));
  }

  /**
   * The request of a line; null if there is none to be seen.
   *
   * @throws HttpException if the front door would not let it in
   */
  static Entry parse(String line) throws HttpException {
    Matcher request = REQUEST.matcher(line);
    if (!request.find()) {
      return null;
    }
    InetAddress client = client(line);
    String target = unescaped(request.group(2));
    List<String> fields = fields(line, target, client);
    return new Entry(Explainer.head(request.group(1), target, fields), client);
  }

  private static InetAddress client(String line) {
    Matcher candidate = ADDRESS.matcher(line);
    while (candidate.find()) {
      InetAddress address = AddressSet.numeric(candidate.group());
      if (address != null) {
        return address;
      }
    }
    return AddressSet.numeric(SOMEBODY);
  }

  private static List<String> fields(String line, String target, InetAddress client) {
    if (target.contains("access_token=")) {
      return List.of();
    }
    Matcher token = TOKEN.matcher(line);
    String user = HexFormat.of().formatHex(client.getAddress());
    return List.of(
        "Authorization: Bearer " + (token.find() ? token.group(1) : "syt_" + user + "_log"));
  }

  /** nginx writes bytes that are not plain as {@code \xHH}. */
  private static String unescaped(String target) {
    return target.indexOf('\\') < 0
        ? target
        : ESCAPE
            .matcher(target)
            .replaceAll(
                hex ->
                    Matcher.quoteReplacement(
                        Character.toString((char) Integer.parseInt(hex.group(1), 16))));
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
