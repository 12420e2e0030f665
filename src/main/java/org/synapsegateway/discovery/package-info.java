/**
 * Looks up the addresses of workers' hosts and the members of lists of workers, outside the path of
 * a request.
 */
@NullMarked
package org.synapsegateway.discovery;

import org.jspecify.annotations.NullMarked;
