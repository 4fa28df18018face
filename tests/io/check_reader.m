% SPDX-License-Identifier: Apache-2.0
try
  pkg load netcdf
catch
  exit(77)
end
f = argv(){end};
info = ncinfo(f);
assert(sort({info.Dimensions.Name}), ...
       sort({"vocab_size", "row", "temperature", "token", "token_name_length", "renyi_order"}));
entropy = ncread(f, "entropy");
assert(size(entropy), [4 4 2]);
assert(entropy(4, 3, 2), 123);
assert(isnan(entropy(1, 4, 1)));
assert(strrep(ncreadatt(f, "entropy", "units"), "\0", ""), "bit");
assert(isinf(ncread(f, "temperature")(4)));
log_probability = ncread(f, "log_probability");
assert(double(log_probability(1, 1, 1, 1)), -1);
assert(isnan(log_probability(5, 1, 1, 1)));
names = ncread(f, "token_name");
assert(names(1:2, 2)', "bc");
assert(ncread(f, "count")(1, 1, 1, 1), uint64(9223372036854775809));
assert(double(ncreadatt(f, "/", "complete")), 1);
