//! Many things by name, of which a copy shares what neither side has changed. The central type is [`Table`].
//!
//! It looks like a [`BTreeMap`], as far as anybody needs it. Not here: what is in it.

use std::borrow::Borrow;
use std::collections::{BTreeMap, btree_map};
use std::iter::Map;
use std::ops::Index;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

type Things<T> = BTreeMap<String, Arc<T>>;
type Iter<'a, T> = Map<btree_map::Iter<'a, String, Arc<T>>, fn((&'a String, &'a Arc<T>)) -> (&'a String, &'a T)>;

/// Things by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table<T>(Arc<Things<T>>);

impl<T> Table<T> {
    /// The thing of this name.
    pub fn get<Q: Ord + ?Sized>(&self, name: &Q) -> Option<&T>
    where
        String: Borrow<Q>,
    {
        self.0.get(name).map(Arc::as_ref)
    }

    /// Whether there is a thing of this name.
    pub fn contains_key<Q: Ord + ?Sized>(&self, name: &Q) -> bool
    where
        String: Borrow<Q>,
    {
        self.0.contains_key(name)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All names, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &String> {
        self.0.keys()
    }

    /// All things, sorted by name.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.0.values().map(Arc::as_ref)
    }

    /// All things with their names, sorted by name.
    pub fn iter(&self) -> Iter<'_, T> {
        self.0.iter().map(|(name, thing)| (name, thing.as_ref()))
    }
}

impl<T: Clone> Table<T> {
    /// The thing of this name, to change it.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, name: &Q) -> Option<&mut T>
    where
        String: Borrow<Q>,
    {
        if self.0.contains_key(name) { self.things().get_mut(name).map(Arc::make_mut) } else { None }
    }

    /// All things, to change them.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.things().values_mut().map(Arc::make_mut)
    }

    /// Puts a thing under a name; what was there before.
    pub fn insert(&mut self, name: String, thing: T) -> Option<T> {
        self.things().insert(name, Arc::new(thing)).map(Arc::unwrap_or_clone)
    }

    /// Takes the thing of this name out.
    pub fn remove<Q: Ord + ?Sized>(&mut self, name: &Q) -> Option<T>
    where
        String: Borrow<Q>,
    {
        if self.0.contains_key(name) { self.things().remove(name).map(Arc::unwrap_or_clone) } else { None }
    }

    /// Takes all out.
    pub fn clear(&mut self) {
        self.things().clear();
    }

    fn things(&mut self) -> &mut Things<T> {
        Arc::make_mut(&mut self.0)
    }
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T, Q: Ord + ?Sized> Index<&Q> for Table<T>
where
    String: Borrow<Q>,
{
    type Output = T;

    fn index(&self, name: &Q) -> &T {
        &self.0[name]
    }
}

impl<'a, T> IntoIterator for &'a Table<T> {
    type Item = (&'a String, &'a T);
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T> FromIterator<(String, T)> for Table<T> {
    fn from_iter<I: IntoIterator<Item = (String, T)>>(things: I) -> Self {
        Self(Arc::new(things.into_iter().map(|(name, thing)| (name, Arc::new(thing))).collect()))
    }
}

impl<T: Serialize> Serialize for Table<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Table<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        BTreeMap::<String, T>::deserialize(deserializer).map(Self::from_iter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_shares_what_nobody_has_changed() {
        let mut table: Table<Vec<u8>> = [("a".to_owned(), vec![1]), ("b".to_owned(), vec![2])].into_iter().collect();
        let copy = table.clone();
        assert!(table.get_mut("c").is_none() && table.remove("c").is_none());
        assert!(Arc::ptr_eq(&table.0, &copy.0), "what is not there was not touched");
        table.get_mut("a").unwrap().push(3);
        assert!(Arc::ptr_eq(&table.0["b"], &copy.0["b"]));
        assert_eq!((&table["a"], &copy["a"]), (&vec![1, 3], &vec![1]));
        assert_ne!(table, copy);
        assert_eq!(table.insert("a".to_owned(), vec![1]), Some(vec![1, 3]));
        assert_eq!(table, copy);
        let text = serde_json::to_string(&table).unwrap();
        assert_eq!((text.as_str(), serde_json::from_str(&text).unwrap()), (r#"{"a":[1],"b":[2]}"#, table));
    }
}
