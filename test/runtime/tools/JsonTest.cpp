// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// JsonTest.cpp - names from files become valid JSON, whatever their bytes.
#include "runtime/tools/Json.h"

#include <gtest/gtest.h>

namespace {

using neap::tools::characterLength;
using neap::tools::jsonString;

TEST(Json, EscapesWhatRfc8259Says) {
  EXPECT_EQ(jsonString("/a.b c"), "\"/a.b c\"");
  EXPECT_EQ(jsonString("\"\\\n\x01"), R"("\"\\\u000a\u0001")");
  EXPECT_EQ(jsonString(std::string(1, '\0')), R"("\u0000")");
}

TEST(Json, KeepsCharactersAndReplacesOtherBytes) {
  const std::string two = "\xc3\xa4", three = "\xe2\x82\xac",
                    four = "\xf0\x9f\x8c\x8a";
  EXPECT_EQ(jsonString(two + three + four), '"' + two + three + four + '"');
  for (const std::string &bytes :
       {std::string("\xff"), std::string("\x80"), std::string("\xc3")})
    EXPECT_EQ(jsonString("a" + bytes + "b"), "\"a\\ufffdb\"");
  EXPECT_EQ(jsonString("\xe2\x82"), "\"\\ufffd\\ufffd\"");
}

TEST(Utf8, RefusesLongFormsSurrogatesAndWhatIsBeyond) {
  for (const char *bytes : {"\xc0\x80", "\xe0\x80\x80", "\xf0\x80\x80\x80",
                            "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf5"})
    EXPECT_EQ(characterLength(bytes, 0), 0u) << bytes;
  EXPECT_EQ(characterLength("\xed\x9f\xbf", 0), 3u);
  EXPECT_EQ(characterLength("\xf4\x8f\xbf\xbf", 0), 4u);
}

} // namespace
