/**
 * What an admin has written, before it runs: where the files are, what they may say, and the one
 * line that tells what is wrong with them, with its place and its cure.
 */
@NullMarked
package org.synapsegateway.config;

import org.jspecify.annotations.NullMarked;
