# Open the files of a Gatehouse extract in R. This script lies in the extract's folder.
#
#   source("extract-7-0123456789abcdef/gatehouse_workspace.R")
#   gh_names()                     what there is
#   gh_read("pol_crime")           a table as a data frame, from whichever of its files comes first
#   gh_read("pol_crime.rds")       the same from this file
#   gh_read("dictionary.csv")      any CSV file
#   con <- gh_duckdb()             a DuckDB connection (DBI) on which every table is a view
#   gh_bytes("dictionary.html")    the plain bytes of a file
#
# The files are encrypted. The key is in a file that only you can read (rights 0600), named by the environment variable
# GATEHOUSE_WORKSPACE_KEY, else /run/secrets/gatehouse_workspace_key. Whoever set your workspace up put it there.
#
# Needs the packages openssl and jsonlite; DBI, duckdb and bit64 for Parquet; haven for .dta and .sav. Keys have 63
# bits, more than R's numbers hold: they come as integer64 from Parquet and as text from CSV. What R cannot do:
# - The package arrow opens no encrypted Parquet in R. Its files are read through duckdb.
# - The package openssl (2.0) decrypts AES-GCM and does not look at its tags. So the plain bytes of every file that is
#   not Parquet are compared with their SHA-256 in manifest.json instead: that finds damage and files that were swapped,
#   and not somebody who changes file and manifest alike. gatehouse_workspace.py looks at the tags.
# - A file is decrypted as a whole, in memory.

gh_here <- local({
  sourced <- Filter(Negate(is.null), lapply(sys.frames(), function(frame) frame$ofile))
  normalizePath(if (length(sourced)) dirname(sourced[[length(sourced)]]) else ".")
})
GH_FORMATS <- c("", ".parquet", ".csv", ".dta", ".sav", ".rds")
GH_HEAD <- 116 # bytes of header and tag; see gatehouse_workspace.py for what they are
GH_TAG <- 16

gh_names <- function(folder = gh_here) sort(list.files(folder, recursive = TRUE))

gh_read <- function(name, folder = gh_here, ...) {
  file <- gh_file(name, folder)
  ending <- sub(".*[.]", "", file)
  if (ending == "parquet") {
    table <- sub("[.]parquet$", "", file)
    con <- gh_duckdb(table, folder = folder)
    on.exit(DBI::dbDisconnect(con, shutdown = TRUE))
    return(DBI::dbReadTable(con, table))
  }
  plain <- gh_bytes(file, folder)
  switch(ending,
    csv = gh_csv(plain, ...),
    rds = gh_rds(plain),
    dta = haven::read_dta(plain, ...),
    sav = haven::read_sav(plain, ...),
    stop(file, " is not a table: use gh_bytes.", call. = FALSE)
  )
}

gh_duckdb <- function(..., folder = gh_here) {
  tables <- c(...)
  if (!length(tables)) tables <- sub("[.]parquet$", "", list.files(folder, "[.]parquet$"))
  con <- DBI::dbConnect(duckdb::duckdb(bigint = "integer64"))
  for (statement in gh_statements(tables, folder)) {
    DBI::dbExecute(con, statement$sql, params = statement$params)
  }
  con
}

# What DuckDB is told to make tables views: a list of sql and params. Keys are bound, so that no text of a query, log or
# view holds one. OFFSET 0 keeps filters out of the scan, where DuckDB 2.0 fails on encrypted files.
gh_statements <- function(tables, folder = gh_here) {
  # What does not fit into memory is not written anywhere, because DuckDB would write it unencrypted.
  statements <- list(list(sql = "SET temp_directory = ''", params = list()))
  for (table in tables) {
    path <- file.path(folder, gh_file(paste0(table, ".parquet"), folder))
    view <- gsub('"', '""', table)
    source <- gh_quoted(normalizePath(path))
    key <- gh_parquet_key(path, basename(path))
    if (!is.null(key)) {
      statements <- c(statements, list(
        list(sql = "SET VARIABLE gatehouse_key = ?", params = list(openssl::base64_encode(key))),
        list(
          sql = sprintf("PRAGMA add_parquet_key(%s, getvariable('gatehouse_key'))", gh_quoted(table)), params = list()
        ),
        list(sql = "RESET VARIABLE gatehouse_key", params = list())
      ))
      source <- sprintf("%s, encryption_config = {footer_key: %s}", source, gh_quoted(table))
    }
    made <- sprintf('CREATE VIEW "%s" AS FROM read_parquet(%s) OFFSET 0', view, source)
    statements <- c(statements, list(list(sql = made, params = list())))
  }
  statements
}

# The plain bytes of a file, compared with its SHA-256 in the manifest.
gh_bytes <- function(name, folder = gh_here) {
  file <- gh_file(name, folder)
  path <- file.path(folder, file)
  content <- readBin(path, "raw", file.size(path))
  if (length(content) >= GH_HEAD && identical(content[1:8], charToRaw("GHSEALED"))) {
    content <- gh_opened(content, file)
  }
  gh_compare(content, file, folder)
  content
}

gh_opened <- function(content, file) {
  key <- gh_unwrapped(content[21:92], file)
  prefix <- content[14:20]
  chunk <- gh_number(content[10:13])
  size <- gh_number(content[93:100])
  chunks <- max(1, ceiling(size / chunk))
  if (length(content) != GH_HEAD + size + GH_TAG * chunks) {
    stop(file, " ends early or goes on after its end.", call. = FALSE)
  }
  parts <- lapply(seq_len(chunks), function(number) {
    first <- GH_HEAD + (number - 1) * (chunk + GH_TAG)
    last <- min(first + chunk + GH_TAG, length(content))
    kind <- as.raw(if (number == chunks) 1 else 0)
    gh_decrypt(content[(first + 1):last], key, c(prefix, gh_four_bytes(number - 1), kind))
  })
  do.call(c, parts)
}

gh_compare <- function(plain, file, folder) {
  manifest <- jsonlite::fromJSON(file.path(folder, "manifest.json"), simplifyVector = FALSE)
  stated <- Filter(function(entry) entry$name == file, manifest$files)
  found <- paste(as.character(openssl::sha256(plain)), collapse = "")
  if (length(stated) && stated[[1]]$content_sha256 != found) {
    stop(file, " is not what was delivered, or was sealed under another key.", call. = FALSE)
  }
}

# The key of an encrypted Parquet file, from its own metadata; NULL when it is not encrypted.
gh_parquet_key <- function(path, name) {
  size <- file.size(path)
  connection <- file(path, "rb")
  on.exit(close(connection))
  if (identical(readBin(connection, "raw", 4), charToRaw("PAR1"))) return(NULL)
  seek(connection, max(0, size - 8))
  length <- readBin(connection, "integer", 1, size = 4, endian = "little")
  ends <- readBin(connection, "raw", 4)
  if (!identical(ends, charToRaw("PARE")) || length < 0 || length + 12 > size) {
    stop(name, " does not end as a Parquet file does.", call. = FALSE)
  }
  seek(connection, size - 8 - length)
  tail <- readBin(connection, "raw", length)
  tail[tail == as.raw(0)] <- as.raw(32)
  marked <- regmatches(rawToChar(tail), regexpr('"wrappedDEK":"[A-Za-z0-9+/=]+"', rawToChar(tail), useBytes = TRUE))
  if (!length(marked)) stop(name, " holds no wrapped key.", call. = FALSE)
  gh_unwrapped(openssl::base64_decode(substr(marked, 15, nchar(marked) - 1)), name)
}

gh_unwrapped <- function(wrapped, name) {
  keys <- gh_keys()
  key <- keys[[gh_hex(wrapped[1:8])]]
  if (is.null(key)) {
    stop(name, " was sealed under the key ", gh_hex(wrapped[1:8]), "; yours: ", toString(names(keys)), call. = FALSE)
  }
  own <- gh_hkdf(key, wrapped[9:24], c(charToRaw("gatehouse file|"), charToRaw(enc2utf8(name))), 32)
  gh_decrypt(wrapped[25:72], own, raw(12))
}

# The workspace's keys by their ids.
gh_keys <- function() {
  path <- Sys.getenv("GATEHOUSE_WORKSPACE_KEY", "/run/secrets/gatehouse_workspace_key")
  if (!file.exists(path)) {
    stop(path, " is not there. Set GATEHOUSE_WORKSPACE_KEY to the file that holds your workspace's key; ",
         "whoever runs the workspace has it.", call. = FALSE)
  }
  if (.Platform$OS.type == "unix" && bitwAnd(as.integer(file.mode(path)), 63L) != 0L) {
    stop("Others can read the key in ", path, ": take their rights away (chmod 600) and report it.", call. = FALSE)
  }
  lines <- Filter(function(line) grepl("^[0-9]+ [0-9a-f]{64}$", line), readLines(path))
  if (!length(lines)) stop(path, " is not a key file.", call. = FALSE)
  keys <- lapply(strsplit(lines, " "), function(parts) gh_from_hex(parts[[2]]))
  purpose <- charToRaw("gatehouse workspace key id")
  names(keys) <- vapply(keys, function(key) gh_hex(gh_hkdf(key, raw(32), purpose, 8)), "")
  keys
}

gh_file <- function(name, folder) {
  for (file in paste0(name, GH_FORMATS)) {
    if (file.exists(file.path(folder, file)) && !dir.exists(file.path(folder, file))) return(file)
  }
  stop("There is no ", name, " here. There is: ", toString(gh_names(folder)), call. = FALSE)
}

# HKDF-SHA256 (RFC 5869) of at most 32 bytes.
gh_hkdf <- function(key, salt, info, bytes) {
  drawn <- as.raw(openssl::sha256(key, key = salt))
  as.raw(openssl::sha256(c(info, as.raw(1)), key = drawn))[seq_len(bytes)]
}

gh_decrypt <- function(sealed, key, nonce) {
  # Versions of openssl that add no tag want none.
  tagged <- length(openssl::aes_gcm_encrypt(raw(1), raw(32), raw(12))) > 1
  if (!tagged) sealed <- sealed[seq_len(length(sealed) - GH_TAG)]
  if (!length(sealed)) return(raw(0))
  plain <- openssl::aes_gcm_decrypt(sealed, key, nonce)
  attributes(plain) <- NULL
  plain
}

gh_csv <- function(plain, ...) {
  given <- list(text = gh_text(plain), na.strings = "", numerals = "no.loss")
  do.call(utils::read.csv, utils::modifyList(given, list(...)))
}

gh_rds <- function(plain) {
  connection <- gzcon(rawConnection(plain))
  on.exit(close(connection))
  readRDS(connection)
}

gh_text <- function(plain) {
  text <- rawToChar(plain)
  Encoding(text) <- "UTF-8"
  text
}

gh_quoted <- function(text) paste0("'", gsub("'", "''", text), "'")
gh_hex <- function(bytes) paste(as.character(bytes), collapse = "")
gh_from_hex <- function(text) as.raw(strtoi(substring(text, seq(1, nchar(text), 2), seq(2, nchar(text), 2)), 16L))
gh_number <- function(bytes) sum(as.integer(bytes) * 256^rev(seq_along(bytes) - 1))
gh_four_bytes <- function(number) as.raw(number %/% 256^(3:0) %% 256)
